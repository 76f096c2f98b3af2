package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplanationTableTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 2;
  private static final int SIDE = 12;
  private static final int DIMENSION = 511;
  private static final ExplanationLayout LAYOUT =
      new ExplanationLayout(ROWS, COLUMNS, SIDE, DIMENSION);

  @TempDir Path folder;

  /** The bound that {@link ExplanationTable} states holds for each patch of each image. */
  @Test
  void mapsDifferByNoMoreThanTheRoundingOfTheirTangents() throws IOException {
    Random random = new Random(20261128);
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      images.add(tangents(random));
    }
    ExplanationTable table = open(write(images, 40, 30), images.size());
    for (int i = 0; i < images.size(); i++) {
      float[] query = TestGalleries.unit(random, DIMENSION);

      SaliencyMap map = table.map(i, query).orElseThrow();

      for (int patch = 0; patch < ROWS * COLUMNS; patch++) {
        double exact = Math.max(0, dot(images.get(i), patch, query));
        double scale = largest(images.get(i), patch) / Short.MAX_VALUE;
        assertEquals(exact, map.grid()[patch], scale * Math.sqrt(DIMENSION) / 2);
      }
      assertEquals(ROWS, map.rows());
      assertEquals(COLUMNS, map.columns());
      assertEquals(ImageGeometry.plan(40, 30, SIDE, PreprocessType.TARGETPAD), map.geometry());
    }
  }

  @Test
  void whatSpeaksAgainstTheScoreIsZeroAndNotNegativeZero() throws IOException {
    float[] tangents = new float[ROWS * COLUMNS * DIMENSION];
    tangents[0] = -1;
    tangents[DIMENSION] = 1;
    float[] query = new float[DIMENSION];
    query[0] = 0.5f;

    SaliencyMap map = open(write(List.of(tangents), 9, 9), 1).map(0, query).orElseThrow();

    assertArrayEquals(new float[] {0f, 0.5f, 0f, 0f, 0f, 0f}, map.grid());
  }

  @Test
  void aDamagedRecordHasNoMap() throws IOException {
    float[] query = TestGalleries.unit(new Random(1), DIMENSION);
    float[] tangents = tangents(new Random(2));
    assertTrue(open(write(List.of(tangents), 9, 9), 1).map(0, query).isPresent());
    assertEquals(Optional.empty(), open(write(List.of(tangents), 0, 9), 1).map(0, query));
    assertEquals(Optional.empty(), open(write(List.of(tangents), 9, -9), 1).map(0, query));
    for (float scale : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
      Path file = write(List.of(tangents), 9, 9);
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(8, scale);
      Files.write(file, bytes);
      assertEquals(Optional.empty(), open(file, 1).map(0, query));
    }
  }

  @Test
  void findsRecordsBeyondTheFirstMapping() throws IOException {
    ExplanationLayout wide = new ExplanationLayout(256, 256, SIDE, 1000);
    int size = 17; // of 131 MB each, in a file that is nothing but a hole up to the last
    Path file = folder.resolve("sparse");
    float[] query = new float[1000];
    query[999] = 0.25f;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long start = (size - 1L) * wide.recordBytes();
      ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(header.putInt(7).putInt(5).flip(), start);
      int patchBytes = 4 + 2 * 1000;
      ByteBuffer last = ByteBuffer.allocate(patchBytes).order(ByteOrder.LITTLE_ENDIAN);
      last.putFloat(2).putShort(patchBytes - 2, (short) 2).clear();
      channel.write(last, start + wide.recordBytes() - patchBytes);
    }

    ExplanationTable table = ExplanationTable.open(file, size, wide, PreprocessType.TARGETPAD);

    float[] grid = table.map(size - 1, query).orElseThrow().grid();
    assertEquals(1f, grid[grid.length - 1]);
    assertEquals(0f, grid[0]);
  }

  @Test
  void refusesTangentsOfAnotherShapeAndQueriesOfAnotherLength() throws IOException {
    ImageGeometry geometry = ImageGeometry.plan(9, 9, SIDE, PreprocessType.TARGETPAD);
    PatchTangents turned = new PatchTangents(COLUMNS, ROWS, new float[ROWS * COLUMNS * DIMENSION]);
    assertThrows(IllegalArgumentException.class, () -> LAYOUT.encode(geometry, turned));
    ExplanationTable table = open(write(List.of(tangents(new Random(2))), 9, 9), 1);
    assertThrows(IllegalArgumentException.class, () -> table.map(0, new float[1]));
  }

  @Test
  void numbersTooSmallForAScaleAreZeroAndNothingOverflows() throws IOException {
    float[] query = new float[DIMENSION];
    query[0] = 1;
    for (float tiny : new float[] {0, Float.MIN_VALUE, 1e-41f, 1e-30f}) {
      float[] tangents = new float[ROWS * COLUMNS * DIMENSION];
      tangents[0] = tiny;

      float[] grid = open(write(List.of(tangents), 9, 9), 1).map(0, query).orElseThrow().grid();

      assertEquals(tiny, grid[0], Short.MAX_VALUE * Float.MIN_VALUE + 1e-6f * tiny);
    }
  }

  private Path write(List<float[]> images, int width, int height) throws IOException {
    Path file = Files.createTempFile(folder, "explanations", ".i16");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (float[] tangents : images) {
        ByteBuffer record =
            LAYOUT.encode(
                ImageGeometry.plan(9, 9, SIDE, PreprocessType.TARGETPAD),
                new PatchTangents(ROWS, COLUMNS, tangents));
        record.putInt(0, width).putInt(4, height);
        channel.write(record);
      }
    }
    return file;
  }

  private static ExplanationTable open(Path file, int size) throws IOException {
    return ExplanationTable.open(file, size, LAYOUT, PreprocessType.TARGETPAD);
  }

  private static float[] tangents(Random random) {
    float[] tangents = new float[ROWS * COLUMNS * DIMENSION];
    for (int i = 0; i < tangents.length; i++) {
      tangents[i] = (float) random.nextGaussian();
    }
    return tangents;
  }

  private static double dot(float[] tangents, int patch, float[] query) {
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      sum += (double) tangents[patch * DIMENSION + i] * query[i];
    }
    return sum;
  }

  private static double largest(float[] tangents, int patch) {
    double largest = 0;
    for (int i = 0; i < DIMENSION; i++) {
      largest = Math.max(largest, Math.abs(tangents[patch * DIMENSION + i]));
    }
    return largest;
  }
}
