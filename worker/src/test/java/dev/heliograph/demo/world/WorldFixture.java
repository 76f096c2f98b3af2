package dev.heliograph.demo.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.demo.world.Scene.Companion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/** What {@code demo-world/world.py} makes of some seeds; {@code make_fixture.py} wrote it. */
final class WorldFixture {
  private WorldFixture() {}

  static JsonNode read() {
    try (InputStream in = WorldFixture.class.getResourceAsStream("/demo-world/scenes.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Scene scene(JsonNode node) {
    JsonNode companion = node.get("companion");
    return new Scene(
        Shape.valueOf(upper(node.get("shape"))),
        Colour.valueOf(upper(node.get("colour"))),
        Fill.valueOf(upper(node.get("fill"))),
        Background.valueOf(upper(node.get("background"))),
        companion.isNull()
            ? Optional.empty()
            : Optional.of(
                new Companion(
                    Shape.valueOf(upper(companion.get(0))),
                    Colour.valueOf(upper(companion.get(1))))),
        node.get("cx").doubleValue(),
        node.get("cy").doubleValue(),
        node.get("radius").doubleValue(),
        node.get("angle").doubleValue(),
        node.get("seed").intValue());
  }

  /** A mask that was packed eight pixels to a byte, compressed and written as base64. */
  static Mask mask(String text, int width, int height) {
    byte[] packed;
    try (InputStream in =
        new InflaterInputStream(
            new java.io.ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
      packed = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean[] inside = new boolean[width * height];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = (packed[i / 8] >> (7 - i % 8) & 1) == 1;
    }
    return new Mask(width, height, inside);
  }

  static List<Double> doubles(JsonNode array) {
    List<Double> values = new ArrayList<>();
    array.forEach(value -> values.add(value.doubleValue()));
    return values;
  }

  private static String upper(JsonNode word) {
    return word.textValue().toUpperCase(Locale.ROOT);
  }
}
