package dev.heliograph.demo.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScenePainterTest {
  private final JsonNode fixture = WorldFixture.read();

  @Test
  void masksAreThoseOfPython() {
    for (JsonNode expected : fixture.get("drawings")) {
      SceneDrawing drawing = draw(expected);
      assertSame(mask(expected, "main"), drawing.mainObject());
      assertSame(mask(expected, "companions"), drawing.companions());
    }
  }

  /** Noise included; one level is what the last bit of a sine may move. */
  @Test
  void pixelsAreThoseOfPython() {
    for (JsonNode expected : fixture.get("drawings")) {
      SceneDrawing drawing = draw(expected);
      byte[] rgb = drawing.image().rgb();
      for (JsonNode pixel : expected.get("pixels")) {
        for (int c = 0; c < 3; c++) {
          int value = rgb[3 * pixel.get(0).intValue() + c] & 0xff;
          assertEquals(pixel.get(c + 1).intValue(), value, 1);
        }
      }
      for (int c = 0; c < 3; c++) {
        long sum = 0;
        for (int i = c; i < rgb.length; i += 3) {
          sum += rgb[i] & 0xff;
        }
        assertEquals(expected.get("means").get(c).doubleValue(), 3.0 * sum / rgb.length, 1e-3);
      }
    }
  }

  @Test
  void masksDoNotOverlapAndLeaveTheBackground() {
    SceneDrawing drawing = draw(fixture.get("drawings").get(3));
    Mask background = drawing.mask(Region.BACKGROUND);
    assertEquals(
        background.inside().length,
        drawing.mainObject().count() + drawing.companions().count() + background.count());
  }

  private SceneDrawing draw(JsonNode drawing) {
    JsonNode target = fixture.get("edits").get(drawing.get("edit").intValue()).get("target");
    return ScenePainter.draw(
        WorldFixture.scene(target),
        drawing.get("width").intValue(),
        drawing.get("height").intValue());
  }

  private static Mask mask(JsonNode drawing, String which) {
    return WorldFixture.mask(
        drawing.get(which).textValue(),
        drawing.get("width").intValue(),
        drawing.get("height").intValue());
  }

  private static void assertSame(Mask expected, Mask actual) {
    assertTrue(
        Arrays.equals(expected.inside(), actual.inside()), () -> expected + " but " + actual);
  }
}
