package dev.heliograph.pipeline;

import dev.heliograph.query.RgbImage;

/** Decodes images. Thread-safe. */
public interface ImageReader {
  /**
   * Width × height, from the header; nothing is decoded.
   *
   * @param maxPixels what is allowed
   * @throws UnreadableImageException if the bytes are no image, or over the limit
   */
  long pixels(byte[] bytes, long maxPixels);

  /**
   * Upright 8-bit RGB: EXIF orientation applied, alpha dropped, 16-bit scaled.
   *
   * @param maxPixels width × height that is allowed, checked from the header before decoding
   * @throws UnreadableImageException if the bytes are no image, cut short, or over the limit
   */
  RgbImage read(byte[] bytes, long maxPixels);

  /**
   * As {@link #read}, but where the format allows it (JPEG) at a half, quarter or eighth of the
   * size: the smallest whose shorter side has at least so many pixels.
   *
   * @param side of the result, its shorter one
   * @throws UnreadableImageException if the bytes are no image, cut short, or over the limit
   */
  default ReducedImage readReduced(byte[] bytes, long maxPixels, int side) {
    return ReducedImage.whole(read(bytes, maxPixels));
  }

  /**
   * The EXIF orientation, 1 to 8, that {@link #read} applies; 1 where the image states none.
   *
   * @param bytes of an image that can be read
   */
  default int orientation(byte[] bytes) {
    return 1;
  }
}
