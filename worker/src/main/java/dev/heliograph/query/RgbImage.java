package dev.heliograph.query;

/**
 * A decoded, upright image: 8-bit RGB, interleaved, rows from the top, no padding between rows. The
 * array is handed over and shared: nobody writes to it afterwards.
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          rgb.length + " bytes are not a " + width + " x " + height + " RGB image");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that
        && width == that.width
        && height == that.height
        && java.util.Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(rgb) * 31 + width;
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + " x " + height + "]";
  }
}
