package dev.heliograph.query;

import java.util.Arrays;
import java.util.Objects;

/**
 * Relevance of each patch for one score (Grad-ECLIP), raw: non-negative, not rescaled. The array is
 * handed over: nobody writes to it afterwards.
 *
 * @param grid rows × columns values, row-major, row 0 at the top of the model's input
 * @param geometry leads from the model's input back to the original pixels
 */
public record SaliencyMap(
    SaliencyMethod method, int rows, int columns, float[] grid, ImageGeometry geometry) {
  public SaliencyMap {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(geometry, "geometry");
    if (rows < 1 || columns < 1 || grid.length != rows * columns) {
      throw new IllegalArgumentException(
          grid.length + " values are not a " + rows + " x " + columns + " grid");
    }
  }

  public float minimum() {
    float minimum = Float.POSITIVE_INFINITY;
    for (float value : grid) {
      minimum = Math.min(minimum, value);
    }
    return minimum;
  }

  public float maximum() {
    float maximum = Float.NEGATIVE_INFINITY;
    for (float value : grid) {
      maximum = Math.max(maximum, value);
    }
    return maximum;
  }

  /** Min-max to [0, 1]; a constant grid becomes zero, never NaN. */
  public float[] normalised() {
    float minimum = minimum();
    float range = maximum() - minimum;
    float[] normalised = new float[grid.length];
    if (range > 0) {
      for (int i = 0; i < grid.length; i++) {
        normalised[i] = (grid[i] - minimum) / range;
      }
    }
    return normalised;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SaliencyMap that
        && method == that.method
        && rows == that.rows
        && columns == that.columns
        && geometry.equals(that.geometry)
        && Arrays.equals(grid, that.grid);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, rows, columns, geometry, Arrays.hashCode(grid));
  }
}
