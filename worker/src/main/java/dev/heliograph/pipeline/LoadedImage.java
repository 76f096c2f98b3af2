package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;
import java.util.Optional;

/**
 * An image as the model sees it.
 *
 * @param original at full size, for rendering; empty if there is no room to keep it
 */
record LoadedImage(Optional<RgbImage> original, ModelPixels pixels) {
  LoadedImage withoutOriginal() {
    return new LoadedImage(Optional.empty(), pixels);
  }
}
