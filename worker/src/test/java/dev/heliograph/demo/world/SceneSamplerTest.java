package dev.heliograph.demo.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SceneSamplerTest {
  @Test
  void scenesEditsAndCaptionsAreThoseOfPython() {
    JsonNode fixture = WorldFixture.read();
    PythonRandom random = new PythonRandom(4242);
    SceneSampler sampler = new SceneSampler(random);
    for (JsonNode expected : fixture.get("edits")) {
      Scene scene = sampler.scene();
      assertEquals(WorldFixture.scene(expected.get("scene")), scene);
      SceneEdit edit = sampler.edit(scene);
      assertEquals(WorldFixture.scene(expected.get("target")), edit.target());
      assertEquals(expected.get("caption").textValue(), edit.caption());
      assertEquals(expected.get("description").textValue(), sampler.describe(edit.target()));
    }
    int[] shuffled = IntStream.range(0, 64).toArray();
    random.shuffle(shuffled);
    assertArrayEquals(
        IntStream.range(0, 64).map(i -> fixture.get("shuffled").get(i).intValue()).toArray(),
        shuffled);
  }
}
