package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;

/** An image at full size, for rendering, and as the model sees it. Decoded once. */
record LoadedImage(RgbImage original, ModelPixels pixels) {}
