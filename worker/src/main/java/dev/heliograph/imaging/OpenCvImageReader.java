package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.ReducedImage;
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

  /** OpenCV's, of JPEG's blocks of 8. */
  private static final int LARGEST_FRACTION = 8;

  /** EXIF orientations from here on exchange width and height. */
  private static final int FIRST_ON_ITS_SIDE = 5;

  private final OpenCvDecoder decoder;

  public OpenCvImageReader() {
    this(ByteArrays.NEW);
  }

  /**
   * @param arrays where those of pixels are from
   */
  public OpenCvImageReader(ByteArrays arrays) {
    decoder = new OpenCvDecoder(arrays);
  }

  @Override
  public long pixels(byte[] bytes, long maxPixels) {
    ImageFile file = header(bytes, maxPixels);
    return (long) file.width() * file.height();
  }

  @Override
  public RgbImage read(byte[] bytes, long maxPixels) {
    return header(bytes, maxPixels).decode(decoder);
  }

  @Override
  public ReducedImage readReduced(byte[] bytes, long maxPixels, int side) {
    ImageFile file = header(bytes, maxPixels);
    int fraction = LARGEST_FRACTION;
    while (fraction > 1 && !allows(file, fraction, side)) {
      fraction /= 2;
    }
    if (fraction == 1 || !file.reduces()) {
      return ReducedImage.whole(file.decode(decoder));
    }
    boolean turned = file.orientation() >= FIRST_ON_ITS_SIDE;
    return new ReducedImage(
        file.decodeReduced(decoder, fraction),
        fraction,
        turned ? file.height() : file.width(),
        turned ? file.width() : file.height());
  }

  /** Where the image is turned, a last pixel that stands for fewer than others may come first. */
  private static boolean allows(ImageFile file, int fraction, int side) {
    return Math.min(file.width(), file.height()) / fraction >= side
        && (file.orientation() == 1
            || (file.width() % fraction == 0 && file.height() % fraction == 0));
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
