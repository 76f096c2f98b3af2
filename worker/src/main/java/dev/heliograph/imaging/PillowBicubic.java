package dev.heliograph.imaging;

import dev.heliograph.query.ImageGeometry;
import java.util.Arrays;

/**
 * Pillow's bicubic resize, bit for bit: all rows across, rounded to 8 bits, then down. Of the
 * padded and resized image only the crop is computed, and only from the rows and columns it needs.
 *
 * <p>Two rows go across at once: a {@code long} holds a level of each, 32 bits apart, so that one
 * multiplication weighs both. A finished row is added to the outputs below it right away, so the
 * narrowed image is never held as a whole.
 */
final class PillowBicubic {
  private static final int HALF = 1 << (ResampleAxis.PRECISION_BITS - 1);
  private static final long TWO_HALVES = (long) HALF << 32 | HALF;

  private final byte[] rgb;
  private final int rowBytes;
  private final int side;
  private final ResampleAxis across;
  private final ResampleAxis down;

  /** Two source rows from the first column that is needed, packed. */
  private final long[] pair;

  /** The two rows after the way across: levels. */
  private final int[] upper;

  private final int[] lower;

  /** Per output row: what its source rows add up to so far. */
  private final int[][] sums;

  /** The first output row that may still be waiting for source rows. */
  private int waiting;

  private PillowBicubic(byte[] rgb, ImageGeometry geometry) {
    this.rgb = rgb;
    rowBytes = 3 * geometry.width();
    side = geometry.side();
    across =
        new ResampleAxis(
            geometry.width(), geometry.padX(), geometry.resizedWidth(), geometry.cropX(), side);
    down =
        new ResampleAxis(
            geometry.height(), geometry.padY(), geometry.resizedHeight(), geometry.cropY(), side);
    pair = new long[3 * (across.to() - across.from())];
    upper = new int[3 * side];
    lower = new int[3 * side];
    sums = new int[side][3 * side];
  }

  /**
   * Pads, resizes and crops.
   *
   * @param rgb the original, interleaved, of the geometry's size
   * @return side × side, RGB, interleaved
   */
  static byte[] resize(byte[] rgb, ImageGeometry geometry) {
    return new PillowBicubic(rgb, geometry).resize();
  }

  private byte[] resize() {
    for (int[] row : sums) {
      Arrays.fill(row, HALF);
    }
    for (int y = down.from(); y < down.to(); y += 2) {
      boolean two = y + 1 < down.to();
      pack(y, two ? y + 1 : y);
      across();
      addDown(y, upper);
      if (two) {
        addDown(y + 1, lower);
      }
    }
    byte[] out = new byte[3 * side * side];
    int target = 0;
    for (int[] row : sums) {
      for (int sum : row) {
        out[target++] = (byte) level(sum);
      }
    }
    return out;
  }

  private void pack(int first, int second) {
    int one = first * rowBytes + 3 * across.from();
    int two = second * rowBytes + 3 * across.from();
    for (int i = 0; i < pair.length; i++) {
      pair[i] = ((rgb[two + i] & 0xFFL) << 32) | (rgb[one + i] & 0xFFL);
    }
  }

  private void across() {
    int[] weights = across.weights();
    for (int x = 0, target = 0; x < side; x++, target += 3) {
      int source = 3 * (across.first(x) - across.from());
      int weight = across.weightsOf(x);
      int end = weight + across.count(x);
      long red = TWO_HALVES;
      long green = TWO_HALVES;
      long blue = TWO_HALVES;
      for (; weight < end; weight++, source += 3) {
        long w = weights[weight];
        red += w * pair[source];
        green += w * pair[source + 1];
        blue += w * pair[source + 2];
      }
      put(target, red);
      put(target + 1, green);
      put(target + 2, blue);
    }
  }

  /** Takes two sums apart: the lower one is signed, so it has borrowed from the upper one. */
  private void put(int target, long sum) {
    int first = (int) sum;
    upper[target] = level(first);
    lower[target] = level((int) ((sum - first) >> 32));
  }

  private void addDown(int y, int[] levels) {
    while (down.first(waiting) + down.count(waiting) <= y) {
      waiting++;
    }
    int[] weights = down.weights();
    for (int i = waiting; i < side && down.first(i) <= y; i++) {
      int tap = y - down.first(i);
      if (tap < down.count(i)) {
        add(weights[down.weightsOf(i) + tap], levels, sums[i]);
      }
    }
  }

  private static void add(int weight, int[] levels, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * levels[i];
    }
  }

  private static int level(int sum) {
    return Math.min(Math.max(sum >> ResampleAxis.PRECISION_BITS, 0), 255);
  }
}
