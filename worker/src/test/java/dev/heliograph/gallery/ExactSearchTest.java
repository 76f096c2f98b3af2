package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExactSearchTest {
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

  @Test
  void ranksAsTheReferenceDoes() {
    FileGallery gallery = TorchDatabase.open(Golden.path("gallery-tiny.pt")).openGallery(search);
    float[] features = Golden.arrays("queries.npz").get("query").floats();
    JsonNode queries = Golden.expected().get("queries");
    List<float[]> batch = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      batch.add(Arrays.copyOfRange(features, q * 48, (q + 1) * 48));
    }

    List<List<Hit>> rankings = gallery.search(batch, Collections.nCopies(queries.size(), 40));

    for (int q = 0; q < queries.size(); q++) {
      JsonNode expected = queries.get(q).get("ranking");
      List<Hit> ranking = rankings.get(q);
      for (int rank = 0; rank < expected.size(); rank++) {
        Hit hit = ranking.get(rank);
        String name = expected.get(rank).get("name").textValue();
        double score = expected.get(rank).get("score").doubleValue();
        assertEquals(score, hit.similarity(), 1e-5, "query " + q + " rank " + rank);
        assertEquals(name, gallery.imageName(hit.index()), "query " + q + " rank " + rank);
      }
    }
  }

  @Test
  void agreesWithSortingEverythingAcrossBlocks() {
    List<float[]> rows = TestGalleries.rows(MappedMatrix.ROWS_PER_BLOCK + 777, 8, 1);
    FeatureRows features = open(rows);
    List<float[]> queries = TestGalleries.rows(5, 8, 2);

    List<List<Hit>> rankings = search.search(features, queries, List.of(1, 10, 100, 1000, 3));

    for (int q = 0; q < queries.size(); q++) {
      int k = rankings.get(q).size();
      assertEquals(sorted(rows, queries.get(q)).subList(0, k), indices(rankings.get(q)));
      for (Hit hit : rankings.get(q)) {
        assertEquals(
            singlePrecision(rows.get(hit.index()), queries.get(q)), hit.similarity(), 1e-6);
      }
    }
    assertEquals(List.of(1, 10, 100, 1000, 3), rankings.stream().map(List::size).toList());
  }

  @Test
  void breaksTiesByGalleryOrderWhereverEqualRowsStand() {
    List<float[]> rows = TestGalleries.rows(MappedMatrix.ROWS_PER_BLOCK + 99, 7, 3);
    float[] query = TestGalleries.unit(new Random(4), 7);
    List<Integer> twins = List.of(0, 1, 16, 1023, 65535, 65536, 65600, 65634);
    twins.forEach(row -> rows.set(row, query));

    List<Hit> ranking = search.search(open(rows), List.of(query), List.of(8)).get(0);

    assertEquals(twins, indices(ranking));
    assertEquals(1, ranking.stream().map(Hit::similarity).distinct().count());
  }

  @Test
  void keepsOrderWhenAllRowsAreEqual() {
    List<float[]> rows = Collections.nCopies(70_000, TestGalleries.unit(new Random(5), 4));

    List<Hit> ranking = search.search(open(rows), List.of(rows.get(0)), List.of(1000)).get(0);

    assertEquals(IntStream.range(0, 1000).boxed().toList(), indices(ranking));
  }

  @Test
  void doesNotLetNeighboursInTheBatchChangeAResult() {
    FeatureRows features = open(TestGalleries.rows(3000, 96, 6));
    List<float[]> queries = TestGalleries.rows(33, 96, 7);

    List<List<Hit>> together =
        search.search(features, queries, Collections.nCopies(queries.size(), 50));

    for (int q = 0; q < queries.size(); q++) {
      List<List<Hit>> alone = search.search(features, List.of(queries.get(q)), List.of(50));
      assertEquals(alone.get(0), together.get(q));
    }
  }

  @Test
  void answersTheNeighboursOfAQueryThatIsNotFinite() {
    FeatureRows features = open(TestGalleries.rows(20, 4, 8));
    float[] sound = TestGalleries.unit(new Random(9), 4);
    float[] broken = {Float.NaN, 0, 0, 0};

    List<List<Hit>> rankings = search.search(features, List.of(broken, sound), List.of(3, 3));

    assertEquals(List.of(0, 1, 2), indices(rankings.get(0)));
    assertTrue(rankings.get(0).stream().allMatch(hit -> Float.isNaN(hit.similarity())));
    assertEquals(search.search(features, List.of(sound), List.of(3)).get(0), rankings.get(1));
  }

  @Test
  void ranksRowsThatAreNotFiniteLast() {
    List<float[]> rows = TestGalleries.rows(10, 3, 10);
    rows.set(4, new float[] {Float.NaN, 0, 0});
    rows.set(2, new float[] {0, Float.NaN, 0});

    List<Integer> ranking =
        indices(search.search(open(rows), List.of(rows.get(0)), List.of(10)).get(0));

    assertEquals(0, ranking.get(0));
    assertEquals(List.of(2, 4), ranking.subList(8, 10));
  }

  @Test
  void givesAllRowsWhenMoreAreAskedFor() {
    FeatureRows features = open(TestGalleries.rows(3, 4, 11));

    assertEquals(
        3, search.search(features, TestGalleries.rows(1, 4, 12), List.of(1000)).get(0).size());
    assertEquals(List.of(), search.search(features, List.of(), List.of()));
  }

  @Test
  void keepsTheMatricesLastUsedWithinTheLimit() {
    long matrix = 100L * 8 * Float.BYTES;
    List<float[]> query = TestGalleries.rows(1, 8, 14);
    try (ExactSearch keeping = new ExactSearch(Device.cpu(), true, 2 * matrix + 10)) {
      FeatureRows first = open(TestGalleries.rows(100, 8, 15));
      FeatureRows second = open(TestGalleries.rows(100, 8, 16));
      FeatureRows third = open(TestGalleries.rows(100, 8, 17));
      FeatureRows large = open(TestGalleries.rows(300, 8, 18));

      for (FeatureRows rows : List.of(first, second, first, third, large, second, first)) {
        assertEquals(
            search.search(rows, query, List.of(9)), keeping.search(rows, query, List.of(9)));
        assertTrue(keeping.residentBytes() <= 2 * matrix);
      }
      assertEquals(2 * matrix, keeping.residentBytes());
    }
  }

  @Test
  void refusesQueriesThatDoNotFit() {
    FeatureRows features = open(TestGalleries.rows(3, 4, 13));

    assertThrows(
        IllegalArgumentException.class,
        () -> search.search(features, List.of(new float[5]), List.of(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> search.search(features, List.of(new float[4]), List.of(0)));
    assertThrows(IllegalArgumentException.class, () -> ExactSearch.on("tpu", 0));
  }

  private FeatureRows open(List<float[]> rows) {
    GalleryManifest manifest =
        TestGalleries.publish(folder, "g", TestGalleries.NOON, rows, Optional.empty());
    Path version = GalleryVersions.of(folder, "g").path(manifest.version());
    try {
      return FeatureRows.open(
          version.resolve(GalleryWriter.FEATURES), manifest.size(), manifest.dimension());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> indices(List<Hit> hits) {
    return hits.stream().map(Hit::index).toList();
  }

  private static List<Integer> sorted(List<float[]> rows, float[] query) {
    float[] scores = new float[rows.size()];
    for (int row = 0; row < scores.length; row++) {
      double sum = 0;
      for (int i = 0; i < query.length; i++) {
        sum += (double) rows.get(row)[i] * query[i];
      }
      scores[row] = (float) sum;
    }
    return IntStream.range(0, rows.size())
        .boxed()
        .sorted(Comparator.comparing((Integer row) -> -scores[row]))
        .toList();
  }

  private static float singlePrecision(float[] row, float[] query) {
    float sum = 0;
    for (int i = 0; i < query.length; i++) {
      sum += row[i] * query[i];
    }
    return sum;
  }
}
