package dev.heliograph.imaging;

import dev.heliograph.query.SaliencyMap;

/** A saliency map at its image's size as one array, where a file of it would be a detour. */
public final class FullSizeSaliency {
  private FullSizeSaliency() {}

  /**
   * The normalised map.
   *
   * @return height × width values in [0, 1], row-major; 0 where the model did not look
   */
  public static float[] values(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    int width = projection.width();
    float[] blend = projection.newBlend();
    float[] row = new float[width];
    float[] values = new float[Math.multiplyExact(width, projection.height())];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      System.arraycopy(row, 0, values, y * width, width);
    }
    return values;
  }
}
