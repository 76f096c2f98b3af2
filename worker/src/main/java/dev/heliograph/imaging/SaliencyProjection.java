package dev.heliograph.imaging;

import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.util.Arrays;

/**
 * A normalised saliency map at the original image's size, or a smaller one, computed row by row:
 * nothing of the image's size is held. {@code EXACT} projects the grid back onto the pixels that
 * the model saw and leaves 0 elsewhere; {@code PUBLISHED} stretches it over the whole image, as
 * torch's bilinear {@code interpolate} does with {@code align_corners=false}. Immutable.
 */
final class SaliencyProjection {
  /** Where one pixel's centre lies between two cells of the grid, along one axis. */
  private static final class Axis {
    final int[] lower;
    final int[] upper;
    final float[] fraction;

    /** Pixels that were seen: from there, up to before there. */
    int from;

    int to;

    Axis(int pixels) {
      lower = new int[pixels];
      upper = new int[pixels];
      fraction = new float[pixels];
      from = pixels;
    }

    void put(int pixel, double cell, int cells) {
      double clamped = Math.min(Math.max(cell, 0), cells - 1);
      lower[pixel] = (int) clamped;
      upper[pixel] = Math.min(lower[pixel] + 1, cells - 1);
      fraction[pixel] = (float) (clamped - lower[pixel]);
      from = Math.min(from, pixel);
      to = pixel + 1;
    }
  }

  private final int columns;
  private final float[] grid;
  private final Axis across;
  private final Axis down;

  /** At the original's size. */
  SaliencyProjection(SaliencyMap map) {
    this(map, map.geometry().width(), map.geometry().height());
  }

  /** As it lies on the original, drawn at another size. */
  SaliencyProjection(SaliencyMap map, int width, int height) {
    columns = map.columns();
    grid = map.normalised();
    ImageGeometry geometry = map.geometry();
    across = new Axis(width);
    down = new Axis(height);
    double side = geometry.side();
    if (map.method() == SaliencyMethod.PUBLISHED) {
      stretch(across, columns);
      stretch(down, map.rows());
      return;
    }
    for (int x = 0; x < width; x++) {
      double u = geometry.inputX(original(x, width, geometry.width()));
      if (u >= 0 && u < side) {
        across.put(x, u * columns / side - 0.5, columns);
      }
    }
    for (int y = 0; y < height; y++) {
      double v = geometry.inputY(original(y, height, geometry.height()));
      if (v >= 0 && v < side) {
        down.put(y, v * map.rows() / side - 0.5, map.rows());
      }
    }
  }

  /** Where a pixel's centre lies among the original's pixels; exactly itself at the same size. */
  private static double original(int pixel, int length, int originalLength) {
    return (pixel + 0.5) * originalLength / length - 0.5;
  }

  private static void stretch(Axis axis, int cells) {
    int pixels = axis.lower.length;
    for (int i = 0; i < pixels; i++) {
      axis.put(i, (i + 0.5) * cells / pixels - 0.5, cells);
    }
  }

  int width() {
    return across.lower.length;
  }

  int height() {
    return down.lower.length;
  }

  /**
   * Computes one row of pixels.
   *
   * @param blend scratch space for one row of the grid
   * @param values receives {@link #width} values in [0, 1]
   */
  void row(int y, float[] blend, float[] values) {
    if (y < down.from || y >= down.to) {
      Arrays.fill(values, 0, width(), 0);
      return;
    }
    int top = down.lower[y] * columns;
    int bottom = down.upper[y] * columns;
    float fraction = down.fraction[y];
    for (int i = 0; i < columns; i++) {
      blend[i] = grid[top + i] + fraction * (grid[bottom + i] - grid[top + i]);
    }
    Arrays.fill(values, 0, across.from, 0);
    for (int x = across.from; x < across.to; x++) {
      float left = blend[across.lower[x]];
      values[x] = left + across.fraction[x] * (blend[across.upper[x]] - left);
    }
    Arrays.fill(values, across.to, width(), 0);
  }

  /** Scratch space for {@link #row}. */
  float[] newBlend() {
    return new float[columns];
  }
}
