package dev.heliograph.demo.evaluation;

import dev.heliograph.query.SaliencyMap;

/** Lays a saliency map over its original image. */
public interface FullSizeMap {
  /** The map's values in [0, 1], one per pixel of the original, row-major; 0 where not seen. */
  float[] values(SaliencyMap map);
}
