package dev.heliograph.imaging;

import dev.heliograph.query.ImageGeometry;

/**
 * Pillow's bicubic resize, bit for bit: all rows across, rounded to 8 bits, then down. Of the
 * padded and resized image only the crop is computed, and only from the rows and columns it needs.
 */
final class PillowBicubic {
  private static final int HALF = 1 << ResampleAxis.PRECISION_BITS - 1;

  private PillowBicubic() {}

  /**
   * Pads, resizes and crops.
   *
   * @param rgb the original, interleaved, of the geometry's size
   * @return side × side, RGB, interleaved
   */
  static byte[] resize(byte[] rgb, ImageGeometry geometry) {
    int side = geometry.side();
    ResampleAxis across =
        new ResampleAxis(
            geometry.width(), geometry.padX(), geometry.resizedWidth(), geometry.cropX(), side);
    ResampleAxis down =
        new ResampleAxis(
            geometry.height(), geometry.padY(), geometry.resizedHeight(), geometry.cropY(), side);
    byte[] narrow = new byte[3 * side * (down.to() - down.from())];
    for (int y = down.from(); y < down.to(); y++) {
      across(rgb, 3 * y * geometry.width(), across, side, narrow, 3 * side * (y - down.from()));
    }
    byte[] out = new byte[3 * side * side];
    int[] sums = new int[3 * side];
    for (int y = 0; y < side; y++) {
      down(narrow, down, y, sums, out);
    }
    return out;
  }

  private static void across(
      byte[] rgb, int row, ResampleAxis axis, int side, byte[] out, int outRow) {
    int[] weights = axis.weights();
    int target = outRow;
    for (int x = 0; x < side; x++) {
      int source = row + 3 * axis.first(x);
      int weight = axis.weightsOf(x);
      int end = weight + axis.count(x);
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      for (; weight < end; weight++, source += 3) {
        int w = weights[weight];
        red += w * (rgb[source] & 0xFF);
        green += w * (rgb[source + 1] & 0xFF);
        blue += w * (rgb[source + 2] & 0xFF);
      }
      out[target++] = level(red);
      out[target++] = level(green);
      out[target++] = level(blue);
    }
  }

  private static void down(byte[] narrow, ResampleAxis axis, int y, int[] sums, byte[] out) {
    java.util.Arrays.fill(sums, HALF);
    int row = (axis.first(y) - axis.from()) * sums.length;
    int weight = axis.weightsOf(y);
    for (int j = 0; j < axis.count(y); j++, row += sums.length) {
      int w = axis.weights()[weight + j];
      for (int i = 0; i < sums.length; i++) {
        sums[i] += w * (narrow[row + i] & 0xFF);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      out[y * sums.length + i] = level(sums[i]);
    }
  }

  private static byte level(int sum) {
    return (byte) Math.min(Math.max(sum >> ResampleAxis.PRECISION_BITS, 0), 255);
  }
}
