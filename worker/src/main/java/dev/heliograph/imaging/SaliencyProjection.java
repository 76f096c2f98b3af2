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

    /** Per cell: behind the last pixel that it is the lower one of. */
    final int[] end;

    /** Pixels that were seen: from there, up to before there. */
    int from;

    int to;

    Axis(int pixels, int cells) {
      lower = new int[pixels];
      upper = new int[pixels];
      fraction = new float[pixels];
      end = new int[cells];
      from = pixels;
    }

    /** Pixels are put in order. */
    void put(int pixel, double cell) {
      int last = end.length - 1;
      double clamped = Math.min(Math.max(cell, 0), last);
      lower[pixel] = (int) clamped;
      upper[pixel] = Math.min(lower[pixel] + 1, last);
      fraction[pixel] = (float) (clamped - lower[pixel]);
      end[lower[pixel]] = pixel + 1;
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
    across = new Axis(width, columns);
    down = new Axis(height, map.rows());
    double side = geometry.side();
    if (map.method() == SaliencyMethod.PUBLISHED) {
      stretch(across);
      stretch(down);
      return;
    }
    for (int x = 0; x < width; x++) {
      double u = geometry.inputX(original(x, width, geometry.width()));
      if (u >= 0 && u < side) {
        across.put(x, u * columns / side - 0.5);
      }
    }
    for (int y = 0; y < height; y++) {
      double v = geometry.inputY(original(y, height, geometry.height()));
      if (v >= 0 && v < side) {
        down.put(y, v * map.rows() / side - 0.5);
      }
    }
  }

  /** Where a pixel's centre lies among the original's pixels; exactly itself at the same size. */
  private static double original(int pixel, int length, int originalLength) {
    return (pixel + 0.5) * originalLength / length - 0.5;
  }

  private static void stretch(Axis axis) {
    int pixels = axis.lower.length;
    for (int i = 0; i < pixels; i++) {
      axis.put(i, (i + 0.5) * axis.end.length / pixels - 0.5);
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
    for (int x = across.from; x < across.to; x = across.end[across.lower[x]]) {
      between(x, blend[across.lower[x]], blend[across.upper[x]], values);
    }
    Arrays.fill(values, across.to, width(), 0);
  }

  /** Computes the pixels from one on that lie between the same two cells. */
  private void between(int from, float left, float right, float[] values) {
    int end = across.end[across.lower[from]];
    float difference = right - left;
    for (int x = from; x < end; x++) {
      values[x] = left + across.fraction[x] * difference;
    }
  }

  /** Scratch space for {@link #row}. */
  float[] newBlend() {
    return new float[columns];
  }
}
