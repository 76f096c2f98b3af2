package dev.heliograph.demo.world;

import java.util.List;

/** Width and height in pixels. */
public record PictureSize(int width, int height) {
  /**
   * Below a ratio of 1.25, so that nothing is padded: the demo model was trained without padding.
   */
  private static final List<PictureSize> UNPADDED =
      List.of(
          new PictureSize(480, 400),
          new PictureSize(400, 480),
          new PictureSize(400, 400),
          new PictureSize(440, 380),
          new PictureSize(384, 420));

  /** One of five sizes, in turn. */
  public static PictureSize unpadded(int index) {
    return UNPADDED.get(index % UNPADDED.size());
  }
}
