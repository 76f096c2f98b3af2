package dev.heliograph.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ImageGeometryTest {

  @Test
  void squareImagesAreSeenWhole() {
    ImageGeometry geometry = ImageGeometry.plan(512, 512, 224, PreprocessType.TARGETPAD);
    assertEquals(new ImageGeometry(512, 512, 0, 0, 224, 224, 0, 0, 224), geometry);
    assertEquals(new ImageGeometry.Seen(0, 0, 512, 512), geometry.seen());
  }

  @Test
  void wideImagesArePaddedToTheTargetRatioAndStillCropped() {
    ImageGeometry geometry = ImageGeometry.plan(600, 200, 224, PreprocessType.TARGETPAD);
    assertEquals(0, geometry.padX());
    assertEquals(140, geometry.padY());
    assertEquals(280, geometry.resizedWidth());
    assertEquals(28, geometry.cropX());
    ImageGeometry.Seen seen = geometry.seen();
    assertEquals(200, seen.height());
    assertEquals(60, seen.x());
    assertEquals(480, seen.width());
  }

  @Test
  void seenPixelsAreThoseWhoseCentreFallsIntoTheInput() {
    int[][] sizes = {{1, 1}, {1, 9}, {9, 1}, {251, 200}, {200, 251}, {609, 203}, {3016, 3080}};
    for (int[] size : sizes) {
      for (PreprocessType type : PreprocessType.values()) {
        ImageGeometry geometry = ImageGeometry.plan(size[0], size[1], 224, type);
        ImageGeometry.Seen seen = geometry.seen();
        for (int x = 0; x < size[0]; x++) {
          double u = geometry.inputX(x);
          boolean inside = u >= 0 && u < 224;
          assertEquals(inside, x >= seen.x() && x < seen.x() + seen.width(), type + " " + geometry);
        }
        assertTrue(seen.height() >= 1);
      }
    }
  }
}
