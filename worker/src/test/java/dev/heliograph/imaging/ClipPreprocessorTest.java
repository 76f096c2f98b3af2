package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpzFile;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClipPreprocessorTest {
  private static final int SIDE = 224;

  @ParameterizedTest
  @EnumSource
  void modelSeesThePixelsOfTheReferenceImplementation(PreprocessType type) {
    String mode = type.name().toLowerCase(Locale.ROOT);
    NpzFile pixels = Golden.arrays("pixels.npz");
    int compared = 0;
    for (String key : pixels.names()) {
      if (!key.startsWith(mode + "/")) {
        continue;
      }
      String image = key.substring(mode.length() + 1);
      RgbImage original = GoldenImages.asThePeersReadIt(image);
      ModelPixels seen = new ClipPreprocessor(SIDE, type).prepare(original);
      assertArrayEquals(pixels.get(key).bytes(), seen.rgb(), key);
      JsonNode geometry = Golden.expected().get("geometry").get(mode).get(image);
      if (geometry != null) {
        assertEquals(GoldenImages.geometry(geometry), seen.geometry(), key);
      }
      compared++;
    }
    assertTrue(compared > 0);
  }

  @Test
  void cropGeometryEqualsTheTable() {
    for (JsonNode row : Golden.expected().get("crop_geometry_table")) {
      ImageGeometry geometry =
          ImageGeometry.plan(
              row.get("w").intValue(),
              row.get("h").intValue(),
              row.get("size").intValue(),
              PreprocessType.valueOf(row.get("mode").textValue().toUpperCase(Locale.ROOT)));
      assertEquals(GoldenImages.geometry(row), geometry, row.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"exif_upright", "sixteen_bit_scaled"})
  void readsWhatThePeersIgnore(String quirk) {
    JsonNode expected = Golden.expected().get(quirk);
    ModelPixels seen = prepared(expected.get("image").textValue());
    assertEquals(GoldenImages.geometry(expected.get("geometry")), seen.geometry());
    assertEquals(expected.get("pixels_sha256").textValue(), GoldenImages.sha256(seen.rgb()));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,500", "500,1", "3,1", "1,2", "223,225", "30000,2"})
  void takesAnySizeAndKeepsAFlatColourFlat(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 200);
    ModelPixels seen =
        new ClipPreprocessor(SIDE, PreprocessType.CLIP).prepare(new RgbImage(width, height, rgb));
    byte[] flat = new byte[3 * SIDE * SIDE];
    Arrays.fill(flat, (byte) 200);
    assertArrayEquals(flat, seen.rgb());
  }

  @Test
  void leavesAnImageOfTheModelsSizeAsItIs() {
    RgbImage image = GoldenImages.asThePeersReadIt("exact-224.png");
    assertArrayEquals(
        image.rgb(), new ClipPreprocessor(SIDE, PreprocessType.TARGETPAD).prepare(image).rgb());
  }

  @Test
  void refusesAModelWithoutPixels() {
    assertThrows(
        IllegalArgumentException.class, () -> new ClipPreprocessor(0, PreprocessType.CLIP));
  }

  /** Large images are resized by several threads. */
  @ParameterizedTest
  @EnumSource
  void stripesMakeTheSamePixels(PreprocessType type) {
    for (int width : new int[] {100, 389, 1031}) {
      RgbImage image = noise(width, 389);
      ImageGeometry geometry = ImageGeometry.plan(image.width(), image.height(), SIDE, type);
      byte[] whole = PillowBicubic.resize(image.rgb(), geometry, 1, 1);
      for (int stripes : new int[] {2, 3, 7, SIDE}) {
        assertArrayEquals(whole, PillowBicubic.resize(image.rgb(), geometry, 1, stripes));
      }
    }
  }

  private static RgbImage noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(1).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private ModelPixels prepared(String image) {
    return new ClipPreprocessor(SIDE, PreprocessType.TARGETPAD).prepare(GoldenImages.read(image));
  }
}
