package dev.heliograph.demo.world;

import java.util.Arrays;

/**
 * A set of an image's pixels. The array is handed over and shared: nobody writes to it afterwards.
 *
 * @param inside row-major, row 0 at the top
 */
public record Mask(int width, int height, boolean[] inside) {
  public Mask {
    if (width < 1 || height < 1 || inside.length != (long) width * height) {
      throw new IllegalArgumentException(
          inside.length + " values are not a " + width + " x " + height + " mask");
    }
  }

  public boolean contains(int x, int y) {
    return inside[y * width + x];
  }

  /** How many pixels are inside. */
  public int count() {
    int count = 0;
    for (boolean value : inside) {
      count += value ? 1 : 0;
    }
    return count;
  }

  /** Share of the image that is inside, in [0, 1]. */
  public double share() {
    return (double) count() / inside.length;
  }

  /** The pixels in neither of the two. */
  public static Mask outside(Mask one, Mask other) {
    boolean[] outside = new boolean[one.inside.length];
    for (int i = 0; i < outside.length; i++) {
      outside[i] = !one.inside[i] && !other.inside[i];
    }
    return new Mask(one.width, one.height, outside);
  }

  /**
   * Grown by a rectangle of size × size: a pixel is inside if any pixel of the square around it is,
   * which reaches size / 2 to the left and above, and one less to the right and below if size is
   * even (OpenCV's {@code dilate} with its default anchor).
   */
  public Mask dilated(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " is below 1");
    }
    int before = size / 2;
    int after = size - 1 - before;
    int[] sums = new int[(width + 1) * (height + 1)]; // of everything above and to the left
    for (int y = 0; y < height; y++) {
      int row = 0;
      for (int x = 0; x < width; x++) {
        row += contains(x, y) ? 1 : 0;
        sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
      }
    }
    boolean[] grown = new boolean[inside.length];
    for (int y = 0; y < height; y++) {
      int top = Math.max(0, y - before) * (width + 1);
      int bottom = Math.min(height, y + after + 1) * (width + 1);
      for (int x = 0; x < width; x++) {
        int left = Math.max(0, x - before);
        int right = Math.min(width, x + after + 1);
        int within =
            sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left];
        grown[y * width + x] = within > 0;
      }
    }
    return new Mask(width, height, grown);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mask that && width == that.width && Arrays.equals(inside, that.inside);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(inside) * 31 + width;
  }

  @Override
  public String toString() {
    return "Mask[" + width + " x " + height + ", " + count() + " inside]";
  }
}
