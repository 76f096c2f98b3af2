package dev.heliograph.imaging;

import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;

/**
 * Reads JPEG, PNG, WebP, GIF, BMP and TIFF. The format is told by the first bytes, the header is
 * read here and the size checked before anything is decoded; then damage that decoders pass over is
 * looked for (a PNG chunk's checksum, a JPEG scan's codes), and OpenCV decodes. Pixels are those of
 * Pillow's {@code convert("RGB")}, except that 16-bit grey is scaled and not clipped.
 */
public final class OpenCvImageReader implements ImageReader {
  /** What a Java array of RGB bytes can hold. */
  private static final long MAX_ARRAY_PIXELS = (Integer.MAX_VALUE - 8) / 3;

  /** OpenCV's limit for either side. */
  private static final int MAX_SIDE = 1 << 20;

  private final OpenCvDecoder decoder = new OpenCvDecoder();

  @Override
  public long pixels(byte[] bytes, long maxPixels) {
    ImageFile file = header(bytes, maxPixels);
    return (long) file.width() * file.height();
  }

  @Override
  public RgbImage read(byte[] bytes, long maxPixels) {
    return header(bytes, maxPixels).decode(decoder);
  }

  private static ImageFile header(byte[] bytes, long maxPixels) {
    ImageFile file = ImageFile.recognise(bytes);
    long limit = Math.min(maxPixels, MAX_ARRAY_PIXELS);
    if ((long) file.width() * file.height() > limit) {
      throw tooLarge(file, limit + " pixels");
    }
    if (Math.max(file.width(), file.height()) > MAX_SIDE) {
      throw tooLarge(file, MAX_SIDE + " pixels a side");
    }
    return file;
  }

  @Override
  public int orientation(byte[] bytes) {
    return ImageFile.recognise(bytes).orientation();
  }

  private static UnreadableImageException tooLarge(ImageFile file, String limit) {
    return UnreadableImageException.tooLarge(
        (file.format() + " image of " + file.width() + " x " + file.height() + " pixels")
            + (" is over the limit of " + limit));
  }
}
