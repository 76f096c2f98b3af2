package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;

/** Pads, resizes and crops an image to the model's input. Thread-safe. */
public interface Preprocessor {
  ModelPixels prepare(RgbImage image);
}
