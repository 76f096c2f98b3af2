package dev.heliograph.demo;

import dev.heliograph.demo.world.SceneDrawing;
import dev.heliograph.demo.world.SceneEdit;
import dev.heliograph.query.RgbImage;

/**
 * A query whose answer is known. The array is handed over: nobody writes to it afterwards.
 *
 * @param queryId tells what it shows, for example {@code demo-3-background}
 * @param reference the picture as a JPEG
 * @param picture the reference as it was drawn
 * @param target name of the picture in the gallery that should be found
 * @param drawnTarget that picture, with the masks of what is in it
 * @param edit the scenes of reference and target, and the caption
 */
public record DemoQuery(
    String queryId,
    byte[] reference,
    RgbImage picture,
    String target,
    SceneDrawing drawnTarget,
    SceneEdit edit) {
  public String caption() {
    return edit.caption();
  }

  @Override
  public String toString() {
    return "DemoQuery[" + queryId + ", " + caption() + ", " + target + "]";
  }
}
