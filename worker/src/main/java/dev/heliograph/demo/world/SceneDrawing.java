package dev.heliograph.demo.world;

import dev.heliograph.query.RgbImage;

/**
 * A drawn scene and what is where in it.
 *
 * @param mainObject its whole body, whatever the fill
 * @param companions the small objects, where the main object does not cover them
 */
public record SceneDrawing(RgbImage image, Mask mainObject, Mask companions) {
  /** The pixels of a region; BACKGROUND is what the other two leave. */
  public Mask mask(Region region) {
    return switch (region) {
      case MAIN_OBJECT -> mainObject;
      case SMALL_OBJECTS -> companions;
      case BACKGROUND -> Mask.outside(mainObject, companions);
    };
  }
}
