package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;

/** Pads, resizes and crops an image to the model's input. Thread-safe. */
public interface Preprocessor {
  ModelPixels prepare(RgbImage image);

  /** How many pixels the shorter side of a reduced image must have at least. */
  default int reducedSide() {
    return Integer.MAX_VALUE;
  }

  /**
   * As {@link #prepare} of the original, nearly.
   *
   * @return with the original's geometry
   */
  default ModelPixels prepareReduced(ReducedImage image) {
    return prepare(image.pixels());
  }
}
