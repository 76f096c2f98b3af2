package dev.heliograph.imaging;

import java.util.Arrays;

/**
 * A line of pixels in the making: what weighted lines add up to, in fixed point. A pixel is an int
 * of three levels: red in the lowest eight bits, then green, then blue.
 *
 * <p>The loops are those that a compiler makes vector instructions of: short, over whole lines, at
 * one index in all arrays, and without a branch.
 */
final class PixelSums {
  private static final int HALF = 1 << (ResampleAxis.PRECISION_BITS - 1);
  private static final int GREEN = 8;
  private static final int BLUE = 16;

  private final int[] red;
  private final int[] green;
  private final int[] blue;

  /**
   * @param length of the line, in pixels
   */
  PixelSums(int length) {
    red = new int[length];
    green = new int[length];
    blue = new int[length];
  }

  /** To be called before lines are added. */
  void clear() {
    Arrays.fill(red, HALF);
    Arrays.fill(green, HALF);
    Arrays.fill(blue, HALF);
  }

  /**
   * Adds some lines, each times its weight.
   *
   * @param count how many
   * @param line the first of them
   * @param weight the first one's
   */
  void add(int count, int[][] lines, int line, int[] weights, int weight) {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      addFour(red, lines, line + i, 0, weights, weight + i);
      addFour(green, lines, line + i, GREEN, weights, weight + i);
      addFour(blue, lines, line + i, BLUE, weights, weight + i);
    }
    for (; i < count; i++) {
      addOne(red, lines[line + i], 0, weights[weight + i]);
      addOne(green, lines[line + i], GREEN, weights[weight + i]);
      addOne(blue, lines[line + i], BLUE, weights[weight + i]);
    }
  }

  /** Four at once: sums are read and written a quarter as often. */
  private static void addFour(
      int[] sums, int[][] lines, int line, int colour, int[] weights, int weight) {
    int[] line0 = lines[line];
    int[] line1 = lines[line + 1];
    int[] line2 = lines[line + 2];
    int[] line3 = lines[line + 3];
    int weight0 = weights[weight];
    int weight1 = weights[weight + 1];
    int weight2 = weights[weight + 2];
    int weight3 = weights[weight + 3];
    for (int i = 0; i < sums.length; i++) {
      sums[i] +=
          weight0 * (line0[i] >> colour & 0xFF)
              + weight1 * (line1[i] >> colour & 0xFF)
              + weight2 * (line2[i] >> colour & 0xFF)
              + weight3 * (line3[i] >> colour & 0xFF);
    }
  }

  private static void addOne(int[] sums, int[] line, int colour, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * (line[i] >> colour & 0xFF);
    }
  }

  /** Rounds to pixels; the sums are used up. */
  void pixels(int[] line) {
    round(red);
    round(green);
    round(blue);
    for (int i = 0; i < line.length; i++) {
      line[i] = red[i] | green[i] << GREEN | blue[i] << BLUE;
    }
  }

  private static void round(int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      int level = sums[i] >> ResampleAxis.PRECISION_BITS;
      sums[i] = 255 - notNegative(255 - notNegative(level));
    }
  }

  /** As {@code Math.max(number, 0)}, of which no vector instructions are made. */
  private static int notNegative(int number) {
    return number & ~(number >> 31);
  }
}
