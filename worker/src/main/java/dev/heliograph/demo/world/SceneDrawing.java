package dev.heliograph.demo.world;

import dev.heliograph.query.RgbImage;

/**
 * A drawn scene and what is where in it.
 *
 * @param mainObject its whole body, whatever the fill
 * @param companions the small objects, where the main object does not cover them
 */
public record SceneDrawing(RgbImage image, Mask mainObject, Mask companions) {
  public Mask background() {
    return Mask.outside(mainObject, companions);
  }
}
