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
 *
 * <p>Large images are resized in stripes of output rows, side by side. The source rows around a
 * stripe's edge go across twice, which is a small part of a large image only.
 */
final class PillowBicubic {
  private static final int HALF = 1 << (ResampleAxis.PRECISION_BITS - 1);
  private static final long TWO_HALVES = (long) HALF << 32 | HALF;

  /** A stripe is worth a thread's attention from about a millisecond of work on. */
  private static final long PIXELS_PER_STRIPE = 1L << 20;

  private final byte[] rgb;
  private final int rowBytes;
  private final int side;

  /** Output rows of this stripe. */
  private final int rows;

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

  /**
   * @param fraction of the original's size that the pixels are left with
   * @param from first output row
   * @param to behind the last output row
   */
  private PillowBicubic(byte[] rgb, ImageGeometry geometry, int fraction, int from, int to) {
    this.rgb = rgb;
    rowBytes = 3 * ((geometry.width() + fraction - 1) / fraction);
    side = geometry.side();
    rows = to - from;
    across =
        new ResampleAxis(
            geometry.width(),
            geometry.padX(),
            geometry.resizedWidth(),
            geometry.cropX(),
            side,
            fraction);
    down =
        new ResampleAxis(
            geometry.height(),
            geometry.padY(),
            geometry.resizedHeight(),
            geometry.cropY() + from,
            rows,
            fraction);
    pair = new long[3 * (across.to() - across.from())];
    upper = new int[3 * side];
    lower = new int[3 * side];
    sums = new int[rows][3 * side];
  }

  /**
   * Pads, resizes and crops.
   *
   * @param rgb the original, interleaved, of the geometry's size
   * @return side × side, RGB, interleaved
   */
  static byte[] resize(byte[] rgb, ImageGeometry geometry) {
    long worthwhile = (long) geometry.width() * geometry.height() / PIXELS_PER_STRIPE;
    int stripes =
        (int) Math.max(1, Math.min(worthwhile, Runtime.getRuntime().availableProcessors()));
    return resize(rgb, geometry, 1, stripes);
  }

  /**
   * Nearly the same, of an original that was decoded at a fraction of its size.
   *
   * @param rgb interleaved, each side that of the geometry over the fraction, rounded up
   * @param fraction such as 4 for a quarter
   */
  static byte[] resizeReduced(byte[] rgb, ImageGeometry geometry, int fraction) {
    return resize(rgb, geometry, fraction, 1);
  }

  /** In so many stripes, whose number makes no difference. */
  static byte[] resize(byte[] rgb, ImageGeometry geometry, int fraction, int stripes) {
    int side = geometry.side();
    byte[] out = new byte[3 * side * side];
    Parts.of(
        stripes,
        i -> {
          int from = i * side / stripes;
          int to = (i + 1) * side / stripes;
          new PillowBicubic(rgb, geometry, fraction, from, to).resize(out, 3 * side * from);
          return i;
        });
    return out;
  }

  private void resize(byte[] out, int start) {
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
    int target = start;
    for (int[] row : sums) {
      for (int sum : row) {
        out[target++] = (byte) level(sum);
      }
    }
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
    for (int i = waiting; i < rows && down.first(i) <= y; i++) {
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
