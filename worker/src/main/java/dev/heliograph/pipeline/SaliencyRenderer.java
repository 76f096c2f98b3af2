package dev.heliograph.pipeline;

import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;

/** Makes files of saliency maps. Thread-safe; the bytes depend on the arguments alone. */
public interface SaliencyRenderer {
  /**
   * The map as a JET overlay on the original image, at its full size.
   *
   * @param format not NONE
   */
  EncodedObject heatmap(RgbImage original, SaliencyMap map, HeatmapFormat format);

  /**
   * The map's numbers: normalised at the original's full size, or raw for GRID.
   *
   * @param format not NONE
   */
  EncodedObject array(SaliencyMap map, ArrayFormat format);
}
