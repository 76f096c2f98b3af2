package dev.heliograph.demo.evaluation;

import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;

/** A plain, slow full-size map: EXACT projected through the geometry, PUBLISHED stretched. */
final class ProjectedMap implements FullSizeMap {
  @Override
  public float[] values(SaliencyMap map) {
    ImageGeometry geometry = map.geometry();
    float[] grid = map.normalised();
    float[] values = new float[geometry.width() * geometry.height()];
    boolean exact = map.method() == SaliencyMethod.EXACT;
    for (int y = 0; y < geometry.height(); y++) {
      double v = exact ? geometry.inputY(y) / geometry.side() : (y + 0.5) / geometry.height();
      for (int x = 0; x < geometry.width(); x++) {
        double u = exact ? geometry.inputX(x) / geometry.side() : (x + 0.5) / geometry.width();
        if (u >= 0 && u < 1 && v >= 0 && v < 1) {
          values[y * geometry.width() + x] = (float) at(grid, map.rows(), map.columns(), u, v);
        }
      }
    }
    return values;
  }

  private static double at(float[] grid, int rows, int columns, double u, double v) {
    double x = Math.min(Math.max(u * columns - 0.5, 0), columns - 1);
    double y = Math.min(Math.max(v * rows - 0.5, 0), rows - 1);
    int left = Math.min((int) x, columns - 2);
    int top = Math.min((int) y, rows - 2);
    double upper = mix(grid[top * columns + left], grid[top * columns + left + 1], x - left);
    double lower =
        mix(grid[(top + 1) * columns + left], grid[(top + 1) * columns + left + 1], x - left);
    return mix(upper, lower, y - top);
  }

  private static double mix(double one, double other, double share) {
    return one * (1 - share) + other * share;
  }
}
