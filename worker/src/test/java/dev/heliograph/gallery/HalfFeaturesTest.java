package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.HalfFloat;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gallery with features in half precision answers as it would without. */
class HalfFeaturesTest {
  private static final int SIZE = 3000;

  private static ExactSearch search;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    search = ExactSearch.on("cpu", 0);
  }

  @AfterAll
  static void close() {
    search.close();
  }

  /** What makes it hard to tell the best rows from rounded ones. */
  enum Rows {
    RANDOM,
    /** Half of them differ from a query by less than halves can tell. */
    NEAR_TIES,
    /** Each ten times. */
    DUPLICATES,
    /** All but one number far too small for a half. */
    TINY_NUMBERS,
    /** Numbers halfway between two halves, so that errors are as large as they get. */
    LARGEST_ERRORS;

    private List<float[]> draw(Random random, List<float[]> queries) {
      int dimension = queries.get(0).length;
      List<float[]> rows = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        rows.add(
            switch (this) {
              case RANDOM -> TestGalleries.unit(random, dimension);
              case NEAR_TIES ->
                  i % 2 == 0
                      ? near(queries.get(random.nextInt(queries.size())), random)
                      : TestGalleries.unit(random, dimension);
              case DUPLICATES ->
                  i % 10 == 0 ? TestGalleries.unit(random, dimension) : rows.get(i - i % 10);
              case TINY_NUMBERS -> tiny(random, dimension);
              case LARGEST_ERRORS -> halfway(random, dimension);
            });
      }
      return rows;
    }

    private static float[] near(float[] query, Random random) {
      float[] row = query.clone();
      for (int i = 0; i < row.length; i++) {
        row[i] += (float) (random.nextGaussian() * 1e-5);
      }
      return row;
    }

    private static float[] tiny(Random random, int dimension) {
      float[] row = new float[dimension];
      for (int i = 0; i < dimension; i++) {
        row[i] = (float) (random.nextGaussian() * 1e-8);
      }
      row[random.nextInt(dimension)] = 1;
      return row;
    }

    private static float[] halfway(Random random, int dimension) {
      float[] row = TestGalleries.unit(random, dimension);
      for (int i = 0; i < dimension; i++) {
        short half = HalfFloat.bits(row[i]);
        row[i] = (HalfFloat.value(half) + HalfFloat.value((short) (half + 1))) / 2;
      }
      return row;
    }
  }

  @ParameterizedTest
  @EnumSource(Rows.class)
  void changeNeitherRanksNorScores(Rows kind) {
    Random random = new Random(kind.ordinal());
    for (int dimension : new int[] {1, 7, 48, 512}) {
      List<float[]> queries = TestGalleries.rows(5, dimension, random.nextLong());
      FeatureRows rows = publish(kind.draw(random, queries));
      List<Integer> topK = List.of(1, 10, 100, 1000, SIZE);

      assertSameAnswer(rows, queries, topK);
      for (int q = 0; q < queries.size(); q++) {
        assertSameAnswer(rows, queries.subList(q, q + 1), topK.subList(q, q + 1));
      }
    }
  }

  @Test
  void changeNothingAcrossBlocks() {
    List<float[]> drawn = TestGalleries.rows(MappedMatrix.ROWS_PER_BLOCK + 777, 8, 1);
    float[] query = TestGalleries.unit(new Random(2), 8);
    for (int row : new int[] {3, 65535, 65536, 66000}) {
      drawn.set(row, query);
    }
    FeatureRows rows = publish(drawn);

    assertSameAnswer(rows, List.of(query), List.of(10));
    assertSameAnswer(rows, List.of(query, drawn.get(9), drawn.get(70)), List.of(4, 5, 6));
  }

  @Test
  void changeNothingOnADeviceThatKeepsThem() {
    FeatureRows rows = publish(TestGalleries.rows(100, 8, 3));
    long bytes = 100L * 8 * Short.BYTES;
    List<float[]> query = TestGalleries.rows(1, 8, 4);
    try (ExactSearch keeping = new ExactSearch(Device.cpu(), true, bytes)) {
      assertEquals(
          search.search(plain(rows), query, List.of(3)), keeping.search(rows, query, List.of(3)));
      assertEquals(bytes, keeping.residentBytes());
    }
  }

  @Test
  void areLeftAsideForAQueryThatCannotBeRounded() {
    FeatureRows rows = publish(TestGalleries.rows(50, 4, 5));
    float[] sound = TestGalleries.unit(new Random(6), 4);
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e6f, 1e-20f, 0}) {
      float[] odd = {value, value, 0, 0};
      assertSameAnswer(rows, List.of(odd), List.of(5));
      assertSameAnswer(rows, List.of(sound, odd), List.of(5, 5));
    }
  }

  /** Each number is a half, and the score of the row that the query is nearest to is none. */
  @Test
  void areLeftAsideForAQueryWhoseScoresCannotBeRounded() {
    List<float[]> drawn = TestGalleries.rows(50, 4, 5);
    drawn.set(7, new float[] {0.5f, 0.5f, 0.5f, 0.5f});
    drawn.set(8, drawn.get(7));
    FeatureRows rows = publish(drawn);
    float[] large = {50_000, 50_000, 50_000, 50_000};

    assertSameAnswer(rows, List.of(large), List.of(1));
    assertSameAnswer(rows, List.of(large), List.of(5));
  }

  /** Otherwise nothing would be gained, and no other test here would notice. */
  @Test
  void leaveFewRowsToBeScoredAgain() {
    FeatureRows rows = publish(TestGalleries.rows(20_000, 512, 7));
    HalfRows halves = rows.halves().orElseThrow();
    float[] query = TestGalleries.unit(new Random(8), 512);
    TopCandidates candidates = TopCandidates.ofHalves(query, 10, halves);

    candidates.add(scores(halves.matrix(), RoundedQuery.YES, query), 0, 1, 0);

    assertTrue(candidates.isDownTo(40));
    assertEquals(10, candidates.ranking(rows).size());
  }

  private enum RoundedQuery {
    YES,
    NO
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 100, 512, 4096})
  void scoreWithinTheStatedError(int dimension) {
    Random random = new Random(dimension);
    for (Rows kind : Rows.values()) {
      List<float[]> queries = TestGalleries.rows(3, dimension, random.nextLong());
      FeatureRows rows = publish(kind.draw(random, queries).subList(0, 300));
      HalfRows halves = rows.halves().orElseThrow();
      for (float[] query : queries) {
        double bound = ScoreError.half(query, halves.largestError());
        for (RoundedQuery rounded : RoundedQuery.values()) {
          float[] scores = scores(halves.matrix(), rounded, query);
          for (int row = 0; row < rows.size(); row++) {
            int column = row * (rounded == RoundedQuery.YES ? 1 : 2);
            assertEquals(rows.similarity(row, query), scores[column], bound, kind + " " + row);
          }
        }
      }
    }
  }

  @Test
  void areMultipliedInSinglePrecisionOnThisMachine() {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      assertTrue(RowProduct.Half.addsInSinglePrecision(manager));
    }
  }

  @Test
  void areTheFeaturesRoundedToTheNearest() throws IOException {
    List<float[]> drawn = TestGalleries.rows(20, 5, 9);
    GalleryManifest manifest = TestGalleries.publishHalved(folder, "g", TestGalleries.NOON, drawn);
    Path version = folder.resolve("g").resolve(manifest.version());
    byte[] bytes = Files.readAllBytes(version.resolve("features.f16"));
    ByteBuffer expected = ByteBuffer.allocate(20 * 5 * 2).order(ByteOrder.LITTLE_ENDIAN);
    double largest = 0;
    for (float[] row : drawn) {
      double squares = 0;
      for (float value : row) {
        expected.putShort(HalfFloat.bits(value));
        squares += Math.pow(value - (double) HalfFloat.value(HalfFloat.bits(value)), 2);
      }
      largest = Math.max(largest, Math.sqrt(squares));
    }

    assertArrayEquals(expected.array(), bytes);
    HalfInfo info = manifest.halves().orElseThrow();
    assertTrue(info.largestError() >= largest && info.largestError() < largest * 1.0001);
    GalleryInfo found = GalleryInfo.of(folder, GalleryReference.parse("g"));
    assertEquals(manifest, found.manifest());
    assertEquals(List.of(), found.problems());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, 65520})
  void areNotWrittenForWhatNoHalfCanBe(float value) throws IOException {
    try (GalleryWriter writer = new GalleryWriter(folder, 2, null, true)) {
      writer.add("sound", new float[] {0, 1});

      var e = assertThrows(GalleryException.class, () -> writer.add("x", new float[] {value, 0}));

      assertTrue(e.getMessage().contains("too large for half precision"), e.getMessage());
    }
  }

  @Test
  void ofAnotherGalleryAreNoticed() throws IOException {
    List<float[]> drawn = TestGalleries.rows(200, 32, 10);
    GalleryManifest other =
        TestGalleries.publishHalved(
            folder, "other", TestGalleries.NOON, TestGalleries.rows(200, 32, 11));
    GalleryManifest manifest = TestGalleries.publishHalved(folder, "g", TestGalleries.NOON, drawn);
    Path version = folder.resolve("g").resolve(manifest.version());
    Path foreign = folder.resolve("other").resolve(other.version()).resolve("features.f16");
    Files.delete(version.resolve("features.f16"));
    Files.copy(foreign, version.resolve("features.f16"));
    FileGallery gallery = FileGallery.open(version, search);

    var e =
        assertThrows(
            QueryFailedException.class, () -> gallery.search(List.of(drawn.get(0)), List.of(3)));

    assertEquals(FailureCode.GALLERY_UNKNOWN, e.code());
    assertTrue(
        e.getMessage().contains("is damaged: features.f16 is not made of features.f32: row "),
        e.getMessage());
    assertFalse(GalleryInfo.of(folder, GalleryReference.parse("g")).problems().isEmpty());
  }

  private static void assertSameAnswer(
      FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    assertTrue(rows.halves().isPresent());
    List<List<Hit>> expected = search.search(plain(rows), queries, topK);
    assertEquals(expected, search.search(rows, queries, topK));
  }

  /** The same features without halves. */
  private static FeatureRows plain(FeatureRows rows) {
    return FeatureRows.of(rows.exact());
  }

  /** As the search computes them, in one column or two. */
  private static float[] scores(MappedMatrix halves, RoundedQuery rounded, float[] query) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      Shape shape = new Shape(halves.size(), halves.dimension());
      NDArray rows = manager.create(halves.block(0), shape, DataType.FLOAT16);
      RowProduct product =
          rounded == RoundedQuery.YES
              ? RowProduct.Half.of(manager, query)
              : RowProduct.Widened.of(manager, List.of(query), halves.size());
      return product.scores(rows);
    }
  }

  private FeatureRows publish(List<float[]> rows) {
    GalleryManifest manifest = TestGalleries.publishHalved(folder, "g", TestGalleries.NOON, rows);
    try {
      return FeatureRows.open(folder.resolve("g").resolve(manifest.version()), manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
