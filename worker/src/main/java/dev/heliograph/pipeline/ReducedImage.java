package dev.heliograph.pipeline;

import dev.heliograph.query.RgbImage;

/**
 * An image that was decoded at a fraction of its size, or at its size where that is all there is.
 *
 * @param pixels upright; each side is the original's over the fraction, rounded up
 * @param fraction such as 4 for a quarter; 1 for the whole image
 * @param width of the upright original
 * @param height of the upright original
 */
public record ReducedImage(RgbImage pixels, int fraction, int width, int height) {
  public ReducedImage {
    if (pixels.width() != (width + fraction - 1) / fraction
        || pixels.height() != (height + fraction - 1) / fraction) {
      throw new IllegalArgumentException(
          (pixels.width() + " x " + pixels.height() + " is not 1/" + fraction)
              + (" of " + width + " x " + height));
    }
  }

  /** Nothing was left out. */
  public static ReducedImage whole(RgbImage original) {
    return new ReducedImage(original, 1, original.width(), original.height());
  }

  public boolean isWhole() {
    return fraction == 1;
  }
}
