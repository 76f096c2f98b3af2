package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.SpoiltArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenCvImageReaderTest {
  private final OpenCvImageReader reader = new OpenCvImageReader();

  /** Whose arrays are longer, and full of something else. */
  private final OpenCvImageReader spoilt = new OpenCvImageReader(new SpoiltArrays());

  @Test
  void decodesEveryGoldenImageToThePixelsOfPillow() {
    for (Map.Entry<String, JsonNode> entry : Golden.expected().get("decoded").properties()) {
      String name = entry.getKey();
      RgbImage image = GoldenImages.asThePeersReadIt(name);
      assertEquals(entry.getValue().get("width").intValue(), image.width(), name);
      assertEquals(entry.getValue().get("height").intValue(), image.height(), name);
      String expected = entry.getValue().get("rgb_sha256").textValue();
      assertEquals(expected, GoldenImages.sha256(image.rgb()), name);
    }
  }

  @Test
  void readsEveryKindOfImageAsPillowDoes() throws IOException {
    Path folder = Golden.path("../imaging");
    JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    List<String> different = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : expected.properties()) {
      byte[] file = Files.readAllBytes(folder.resolve(entry.getKey()));
      RgbImage image = reader.read(file, GoldenImages.MAX_PIXELS);
      assertEquals(image, spoilt.read(file, GoldenImages.MAX_PIXELS), entry.getKey());
      assertEquals(
          reader.readReduced(file, GoldenImages.MAX_PIXELS, 5),
          spoilt.readReduced(file, GoldenImages.MAX_PIXELS, 5),
          entry.getKey());
      if (image.width() != entry.getValue().get("width").intValue()
          || image.height() != entry.getValue().get("height").intValue()
          || !entry.getValue().get("sha256").textValue().equals(GoldenImages.sha256(image.rgb()))) {
        different.add(entry.getKey());
      }
    }
    assertEquals(List.of(), different);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bad-crc.png",
        "empty.jpg",
        "text.jpg",
        "truncated.jpg",
        "truncated-header.jpg",
        "zero-size.png"
      })
  void refusesABadImageWithOneLine(String name) {
    UnreadableImageException refusal = refusal(Golden.bytes("images-bad/" + name));
    assertFalse(refusal.tooLarge());
    assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
  }

  @Test
  void refusesABombFromItsHeader() {
    UnreadableImageException refusal = refusal(Golden.bytes("images-bad/bomb-60000x60000.png"));
    assertTrue(refusal.tooLarge());
    assertEquals(
        "PNG image of 60000 x 60000 pixels is over the limit of 100000000 pixels",
        refusal.getMessage());
  }

  @Test
  void readsTheFirstFrameOfAnAnimation() {
    RgbImage image = reader.read(Golden.bytes("images-bad/animated.gif"), GoldenImages.MAX_PIXELS);
    assertEquals(60, image.width());
    assertEquals(40, image.height());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scene-01.jpg",
        "progressive-480x360.jpg",
        "cmyk-300x260.jpg",
        "scene-00.png",
        "palette-256x200.png",
        "lossy-360x300.webp",
        "lossless-200x250.webp"
      })
  void refusesAnImageCutShortAnywhere(String name) {
    byte[] whole = Golden.bytes("images/" + name);
    for (int i = 0; i < 50; i++) {
      refusal(Arrays.copyOf(whole, (int) ((long) whole.length * i / 50)));
    }
    refusal(Arrays.copyOf(whole, whole.length - 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scene-01.jpg", "progressive-480x360.jpg", "grey-320x240.jpg"})
  void refusesAJpegWhoseEndWasReplaced(String name) {
    byte[] whole = Golden.bytes("images/" + name);
    for (int percent = 30; percent < 100; percent += 10) {
      byte[] cut = Arrays.copyOf(whole, whole.length * percent / 100);
      cut[cut.length - 2] = (byte) 0xFF;
      cut[cut.length - 1] = (byte) 0xD9;
      refusal(cut);
    }
  }

  @Test
  void refusesAnImageOverTheLimitAndTakesOneAtTheLimit() {
    byte[] file = Golden.bytes("images/exif6-400x300.jpg");
    assertEquals(300, reader.read(file, 120_000).width());
    UnreadableImageException refusal =
        assertThrows(UnreadableImageException.class, () -> reader.read(file, 119_999));
    assertTrue(refusal.tooLarge());
  }

  @Test
  void threadsReadSideBySide() {
    byte[] file = Golden.bytes("images/progressive-480x360.jpg");
    RgbImage expected = reader.read(file, GoldenImages.MAX_PIXELS);
    List<RgbImage> images =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(i -> reader.read(file, GoldenImages.MAX_PIXELS))
            .toList();
    images.forEach(image -> assertEquals(expected, image));
  }

  private UnreadableImageException refusal(byte[] bytes) {
    return assertThrows(
        UnreadableImageException.class, () -> reader.read(bytes, GoldenImages.MAX_PIXELS));
  }
}
