package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import dev.heliograph.testing.SpoiltArrays;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class OverlayRendererTest {
  private static final int CELLS = 7;
  private static final int SIDE = 224;

  /** Of the golden data's README: maps from the model, and the ramp that needs none. */
  private static final double MODEL_TOLERANCE = 3e-4;

  private static final double RAMP_TOLERANCE = 1e-5;

  private final OverlayRenderer renderer = new OverlayRenderer();

  @Test
  void jetEqualsTheReferenceTable() {
    byte[] expected = Golden.arrays("overlay.npz").get("jet").bytes();
    byte[] jet = new byte[expected.length];
    for (int level = 0; level < JetColours.LEVELS; level++) {
      jet[3 * level] = (byte) JetColours.red(level);
      jet[3 * level + 1] = (byte) JetColours.green(level);
      jet[3 * level + 2] = (byte) JetColours.blue(level);
    }
    assertArrayEquals(expected, jet);
  }

  @Test
  void overlayEqualsTheReference() {
    NpzFile golden = Golden.arrays("overlay.npz");
    RgbImage original = GoldenImages.read(Golden.expected().at("/overlay/image").textValue());
    SaliencyMap map = map(SaliencyMethod.PUBLISHED, golden.get("map").floats(), geometry(original));
    EncodedObject png = renderer.heatmap(original, map, HeatmapFormat.PNG);
    RgbImage overlay = new OpenCvImageReader().read(png.bytes(), GoldenImages.MAX_PIXELS);
    assertArrayEquals(golden.get("overlay").bytes(), overlay.rgb());
    assertEquals("image/png", png.mediaType());
  }

  @ParameterizedTest
  @EnumSource(SaliencyMethod.class)
  void rampAtFullResolutionEqualsTheReference(SaliencyMethod method) {
    float[] ramp = new float[CELLS * CELLS];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i / (ramp.length - 1f);
    }
    for (JsonNode row : Golden.expected().get("ramp_resolution")) {
      ImageGeometry geometry = GoldenImages.geometry(row.get("geometry"));
      compare(row, map(method, ramp, geometry), RAMP_TOLERANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(SaliencyMethod.class)
  void mapAtFullResolutionEqualsTheReference(SaliencyMethod method) {
    NpzFile maps = Golden.arrays("maps.npz");
    for (JsonNode row : Golden.expected().get("full_resolution")) {
      float[] grid = maps.get(row.get("map").textValue()).floats();
      ImageGeometry geometry = GoldenImages.geometry(row.get("geometry"));
      compare(row, map(method, grid, geometry), MODEL_TOLERANCE);
    }
  }

  private void compare(JsonNode row, SaliencyMap map, double tolerance) {
    NpyArray array = NpyArray.parse(renderer.array(map, ArrayFormat.NPY).bytes());
    int width = map.geometry().width();
    assertArrayEquals(new int[] {map.geometry().height(), width}, array.shape());
    float[] values = array.floats();
    boolean published = map.method() == SaliencyMethod.PUBLISHED;
    JsonNode expected = row.get(published ? "stretched" : "projected");
    for (JsonNode sample : expected.get("samples")) {
      float value = values[sample.get(0).intValue() * width + sample.get(1).intValue()];
      assertEquals(
          sample.get(2).doubleValue(), value, tolerance, row.get("geometry") + "" + sample);
    }
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    assertEquals(expected.get("mean").doubleValue(), sum / values.length, tolerance);
  }

  @Test
  void projectedEqualsStretchedOnASquareImage() {
    ImageGeometry square = ImageGeometry.plan(448, 448, SIDE, PreprocessType.TARGETPAD);
    assertArrayEquals(
        values(map(SaliencyMethod.PUBLISHED, grid(), square), ArrayFormat.NPY),
        values(map(SaliencyMethod.EXACT, grid(), square), ArrayFormat.NPY),
        1e-6f);
  }

  @Test
  void unseenPixelsAreZeroAndTintedBlue() {
    ImageGeometry wide = ImageGeometry.plan(600, 200, SIDE, PreprocessType.TARGETPAD);
    RgbImage white = white(600, 200);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), wide);
    assertEquals(0f, values(map, ArrayFormat.NPY)[0]);
    byte[] png = renderer.heatmap(white, map, HeatmapFormat.PNG).bytes();
    byte[] rgb = new OpenCvImageReader().read(png, GoldenImages.MAX_PIXELS).rgb();
    assertArrayEquals(
        new byte[] {(byte) 153, (byte) 153, (byte) (153 + 51)}, Arrays.copyOf(rgb, 3));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,37", "37,1", "90,30", "31,29"})
  void takesAnySizeAndAllZeroGrids(int width, int height) {
    ImageGeometry geometry = ImageGeometry.plan(width, height, SIDE, PreprocessType.TARGETPAD);
    for (SaliencyMethod method : SaliencyMethod.values()) {
      SaliencyMap zero = map(method, new float[CELLS * CELLS], geometry);
      for (float value : values(zero, ArrayFormat.NPY)) {
        assertEquals(0f, value);
      }
      SaliencyMap map = map(method, grid(), geometry);
      for (HeatmapFormat format :
          new HeatmapFormat[] {HeatmapFormat.PNG, HeatmapFormat.JPEG, HeatmapFormat.WEBP}) {
        byte[] file = renderer.heatmap(white(width, height), map, format).bytes();
        RgbImage overlay = new OpenCvImageReader().read(file, GoldenImages.MAX_PIXELS);
        assertEquals(width, overlay.width());
        assertEquals(height, overlay.height());
      }
    }
  }

  @Test
  void oneCellGridIsZeroEverywhere() {
    ImageGeometry geometry = ImageGeometry.plan(5, 4, SIDE, PreprocessType.CLIP);
    SaliencyMap map = new SaliencyMap(SaliencyMethod.EXACT, 1, 1, new float[] {3}, geometry);
    assertArrayEquals(new float[20], values(map, ArrayFormat.NPY));
  }

  @Test
  void halfFloatsAndZipHoldTheSameMap() {
    ImageGeometry geometry = ImageGeometry.plan(61, 43, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    float[] values = values(map, ArrayFormat.NPY);
    assertArrayEquals(values, values(map, ArrayFormat.NPY_FLOAT16), 0x1p-12f);
    byte[] zip = renderer.array(map, ArrayFormat.NPZ).bytes();
    assertArrayEquals(values, NpzFile.parse(zip).get("saliency").floats());
  }

  @Test
  void gridIsRaw() {
    ImageGeometry geometry = ImageGeometry.plan(61, 43, SIDE, PreprocessType.TARGETPAD);
    float[] raw = {0.5f, 2, 3, 4, 5, 6};
    SaliencyMap map = new SaliencyMap(SaliencyMethod.EXACT, 2, 3, raw, geometry);
    EncodedObject grid = renderer.array(map, ArrayFormat.GRID);
    NpyArray array = NpyArray.parse(grid.bytes());
    assertArrayEquals(new int[] {2, 3}, array.shape());
    assertArrayEquals(raw, array.floats());
    assertEquals("application/x-npy", grid.mediaType());
  }

  @ParameterizedTest
  @EnumSource(value = ArrayFormat.class, mode = Mode.EXCLUDE, names = "NONE")
  void bytesDependOnTheMapAlone(ArrayFormat format) {
    ImageGeometry geometry = ImageGeometry.plan(61, 43, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    OverlayRenderer spoilt = new OverlayRenderer(Long.MAX_VALUE, new SpoiltArrays());
    assertArrayEquals(renderer.array(map, format).bytes(), spoilt.array(map, format).bytes());
  }

  @ParameterizedTest
  @EnumSource(value = HeatmapFormat.class, mode = Mode.EXCLUDE, names = "NONE")
  void bytesDependOnTheImageAndTheMapAlone(HeatmapFormat format) {
    ImageGeometry geometry = ImageGeometry.plan(610, 430, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    byte[] noise = new byte[3 * 610 * 430 + 3];
    new Random(1).nextBytes(noise);
    RgbImage longer = new RgbImage(610, 430, noise);
    RgbImage image = new RgbImage(610, 430, Arrays.copyOf(noise, longer.length()));
    for (long limit : new long[] {Long.MAX_VALUE, 9000}) {
      OverlayRenderer plain = new OverlayRenderer(limit, ByteArrays.NEW);
      OverlayRenderer spoilt = new OverlayRenderer(limit, new SpoiltArrays());
      assertArrayEquals(
          plain.heatmap(image, map, format).bytes(), spoilt.heatmap(longer, map, format).bytes());
    }
  }

  @Test
  void heatmapsOfLargerImagesAreSmallerAndArraysAreNot() {
    ImageGeometry geometry = ImageGeometry.plan(600, 200, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    OverlayRenderer limited = new OverlayRenderer(600 * 200 / 4, ByteArrays.NEW);
    RgbImage small = decoded(limited.heatmap(white(600, 200), map, HeatmapFormat.PNG));
    assertEquals(300, small.width());
    assertEquals(100, small.height());
    assertArrayEquals(
        new int[] {200, 600}, NpyArray.parse(limited.array(map, ArrayFormat.NPY).bytes()).shape());

    // A small pixel has the colour that lies between those of the four it stands for.
    byte[] full = decoded(renderer.heatmap(white(600, 200), map, HeatmapFormat.PNG)).rgb();
    for (int y = 0; y < 100; y++) {
      for (int x = 0; x < 300; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int sum = 0;
          for (int i = 0; i < 4; i++) {
            sum += full[3 * ((2 * y + i / 2) * 600 + 2 * x + i % 2) + channel] & 0xFF;
          }
          int drawn = small.rgb()[3 * (y * 300 + x) + channel] & 0xFF;
          boolean seenByOne = x * 2 + 1 == geometry.seen().x() || x * 2 == lastSeen(geometry);
          assertEquals(sum / 4.0, drawn, seenByOne ? 255 : 4, x + ", " + y);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"61,43,2623", "61,43,2622", "61,43,1", "1,900,10", "900,1,10"})
  void noHeatmapIsOverTheLimit(int width, int height, long limit) {
    ImageGeometry geometry = ImageGeometry.plan(width, height, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.PUBLISHED, grid(), geometry);
    RgbImage drawn =
        decoded(
            new OverlayRenderer(limit, ByteArrays.NEW)
                .heatmap(white(width, height), map, HeatmapFormat.JPEG));
    long pixels = (long) drawn.width() * drawn.height();
    assertTrue(pixels <= limit, drawn + " is over " + limit);
    assertTrue(2 * pixels > limit, drawn + " is far below " + limit);
  }

  private static RgbImage decoded(EncodedObject file) {
    return new OpenCvImageReader().read(file.bytes(), GoldenImages.MAX_PIXELS);
  }

  private static int lastSeen(ImageGeometry geometry) {
    return geometry.seen().x() + geometry.seen().width() - 1;
  }

  @Test
  void refusesAnImageOfAnotherSizeAndAFormatWithoutBytes() {
    ImageGeometry geometry = ImageGeometry.plan(61, 43, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    assertThrows(
        IllegalArgumentException.class,
        () -> renderer.heatmap(white(43, 61), map, HeatmapFormat.PNG));
    assertThrows(
        IllegalArgumentException.class,
        () -> renderer.heatmap(white(61, 43), map, HeatmapFormat.NONE));
    assertThrows(IllegalArgumentException.class, () -> renderer.array(map, ArrayFormat.NONE));
  }

  @Test
  void saysWhichFormatCannotHoldTheImage() {
    ImageGeometry geometry = ImageGeometry.plan(16_384, 1, SIDE, PreprocessType.TARGETPAD);
    SaliencyMap map = map(SaliencyMethod.EXACT, grid(), geometry);
    QueryFailedException refusal =
        assertThrows(
            QueryFailedException.class,
            () -> renderer.heatmap(white(16_384, 1), map, HeatmapFormat.WEBP));
    assertEquals(FailureCode.INVALID_QUERY, refusal.code());
    assertEquals(
        "artifacts.heatmap: WEBP holds at most 16383 pixels a side, the image has 16384 x 1",
        refusal.getMessage());
  }

  private float[] values(SaliencyMap map, ArrayFormat format) {
    return NpyArray.parse(renderer.array(map, format).bytes()).floats();
  }

  private static float[] grid() {
    float[] grid = new float[CELLS * CELLS];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = i * 37 % 49 / 48f;
    }
    return grid;
  }

  private static RgbImage white(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 255);
    return new RgbImage(width, height, rgb);
  }

  private static ImageGeometry geometry(RgbImage image) {
    return ImageGeometry.plan(image.width(), image.height(), SIDE, PreprocessType.TARGETPAD);
  }

  private static SaliencyMap map(SaliencyMethod method, float[] grid, ImageGeometry geometry) {
    return new SaliencyMap(method, CELLS, CELLS, grid, geometry);
  }
}
