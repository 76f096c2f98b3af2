package dev.heliograph.query;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A decoded, upright image: 8-bit RGB, interleaved, rows from the top, no padding between rows. The
 * array is shared: nobody writes to it while the image is in use. A pipeline uses arrays of its
 * images again when a query has ended.
 *
 * @param rgb begins with the pixels, and may be longer
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length < 3L * width * height) {
      throw new IllegalArgumentException(
          rgb.length + " bytes are not a " + width + " x " + height + " RGB image");
    }
  }

  /** Bytes of its pixels. */
  public int length() {
    return 3 * width * height;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, 0, length(), that.rgb, 0, length());
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(rgb, 0, length()).hashCode() * 31 + width;
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + " x " + height + "]";
  }
}
