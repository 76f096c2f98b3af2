package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;
import java.util.Optional;

/**
 * A decoded image.
 *
 * @param original at full size, for rendering; empty if it is not kept
 * @param width of the upright original
 * @param height of the upright original
 * @param seen by the model; empty if the model is not to see it
 */
record LoadedImage(Optional<RgbImage> original, int width, int height, Optional<ModelPixels> seen) {
  static LoadedImage of(RgbImage original, Optional<ModelPixels> seen) {
    return new LoadedImage(Optional.of(original), original.width(), original.height(), seen);
  }

  LoadedImage withoutOriginal() {
    return new LoadedImage(Optional.empty(), width, height, seen);
  }

  /** What the model sees. */
  ModelPixels pixels() {
    return seen.orElseThrow();
  }
}
