package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole model against PyTorch's numbers; tolerances are those of the golden data's README. */
class ClipCompositionModelTest {
  private static final NpzFile FEATURES = Golden.arrays("features.npz");
  private static final NpzFile MAPS = Golden.arrays("maps.npz");
  private static final NpzFile QUERIES = Golden.arrays("queries.npz");
  private static final Deviations DEVIATIONS = new Deviations();

  private static ClipCompositionModel model;

  @BeforeAll
  static void open() {
    model = ClipCompositionModel.open(GoldenModel.config().build());
  }

  @AfterAll
  static void close() {
    model.close();
    DEVIATIONS.log();
  }

  @Test
  void encodesImages() {
    List<String> images = GoldenModel.images().stream().filter(GoldenModel::hasPixels).toList();
    List<float[]> features = model.encode(images.stream().map(GoldenModel::pixels).toList());
    assertEquals(images.size(), features.size());
    NpyArray gallery = FEATURES.get("gallery");
    for (int i = 0; i < images.size(); i++) {
      float[] expected = GoldenModel.row(gallery, GoldenModel.index(images.get(i)));
      DEVIATIONS.check("gallery", 2e-5, expected, features.get(i));
    }
  }

  @Test
  void encodesOnSeveralThreadsAsOnOne() {
    List<ModelPixels> images =
        GoldenModel.images().stream()
            .filter(GoldenModel::hasPixels)
            .map(GoldenModel::pixels)
            .toList();
    float[][] features = model.encode(images).toArray(new float[0][]);
    float[][] tangents = tangents(images);
    IntStream.range(0, 6)
        .parallel()
        .forEach(
            i -> {
              if (i % 2 == 0) {
                assertArrayEquals(features, model.encode(images).toArray(new float[0][]));
              } else {
                assertArrayEquals(tangents, tangents(images));
              }
            });
  }

  private static float[][] tangents(List<ModelPixels> images) {
    return model.encodeExplained(images).stream()
        .map(image -> image.tangents().values())
        .toArray(float[][]::new);
  }

  @Test
  void composesAndExplainsReferences() {
    for (SaliencyMethod method : SaliencyMethod.values()) {
      List<CompositionRequest> requests = new ArrayList<>();
      Golden.expected().path("queries").forEach(query -> requests.add(request(query, method)));
      List<Composition> compositions = model.compose(requests);
      assertEquals(requests.size(), compositions.size());
      for (int i = 0; i < compositions.size(); i++) {
        Composition composition = compositions.get(i);
        float[] expected = GoldenModel.row(QUERIES.get("query"), i);
        DEVIATIONS.check("query", 1e-5, expected, composition.queryFeature());
        PatchRelevance map = composition.referenceRelevance().orElseThrow();
        checkMap(i, "reference", method, map, 1e-4);
        if (method == SaliencyMethod.EXACT) {
          assertEquals(composition.pseudoWordLength(), map.explainedScore());
        }
      }
    }
  }

  @Test
  void ranksTheGallery() {
    NpyArray gallery = FEATURES.get("gallery");
    JsonNode queries = Golden.expected().path("queries");
    for (int i = 0; i < queries.size(); i++) {
      float[] query = compose(queries.get(i)).queryFeature();
      checkRanking(query, gallery, queries.get(i).path("ranking"));
    }
  }

  @Test
  void explainsCandidates() {
    JsonNode queries = Golden.expected().path("queries");
    for (int i = 0; i < queries.size(); i++) {
      float[] query = compose(queries.get(i)).queryFeature();
      List<CandidateRequest> requests = new ArrayList<>();
      for (int rank = 0; rank < 3; rank++) {
        String image = queries.get(i).path("ranking").path(rank).path("name").asText();
        for (SaliencyMethod method : SaliencyMethod.values()) {
          requests.add(new CandidateRequest(GoldenModel.pixels(image), query, method));
        }
      }
      List<PatchRelevance> maps = model.explain(requests);
      for (int j = 0; j < maps.size(); j++) {
        String kind = "candidate" + j / SaliencyMethod.values().length;
        checkMap(i, kind, requests.get(j).method(), maps.get(j), 1e-5);
      }
    }
  }

  @Test
  void theExactScoreIsTheRankingScore() {
    JsonNode queries = Golden.expected().path("queries");
    for (JsonNode query : queries) {
      JsonNode best = query.path("ranking").path(0);
      ModelPixels pixels = GoldenModel.pixels(best.path("name").asText());
      float[] feature = compose(query).queryFeature();
      PatchRelevance map =
          model
              .explain(List.of(new CandidateRequest(pixels, feature, SaliencyMethod.EXACT)))
              .get(0);
      float ranking = dot(model.encode(List.of(pixels)).get(0), feature);
      assertEquals(ranking, map.explainedScore(), 1e-6);
      assertEquals(best.path("score").asDouble(), map.explainedScore(), 1e-5);
    }
  }

  @Test
  void averagesBothOrdersOfTwoCaptions() {
    for (JsonNode query : Golden.expected().path("two_captions")) {
      Composition composition = compose(query);
      DEVIATIONS.check(
          "query of two captions",
          1e-5,
          GoldenModel.floats(query.path("query")),
          composition.queryFeature());
      checkRanking(composition.queryFeature(), FEATURES.get("gallery"), query.path("ranking"));
    }
  }

  @Test
  void measuresFaithfulness() {
    NpyArray composed = QUERIES.get("query");
    for (JsonNode row : Golden.expected().path("faithfulness")) {
      float[] query = GoldenModel.row(composed, row.path("query").asInt());
      float[] image = model.tensor(GoldenModel.pixels(row.path("image").asText()));
      for (String kind : List.of("deletion", "insertion")) {
        List<float[]> steps = steps(image, row.path("order"), kind.equals("insertion"));
        float[][] features = model.encodeTensors(steps);
        float[] scores = new float[features.length];
        for (int i = 0; i < scores.length; i++) {
          scores[i] = dot(features[i], query);
        }
        DEVIATIONS.check(kind, 2e-5, GoldenModel.floats(row.path(kind).path("y")), scores);
      }
    }
  }

  @Test
  void normalisesPixelsAsTorchvisionDoes() {
    NpzFile tensors = Golden.arrays("tensors.npz");
    for (String image : tensors.names()) {
      float[] tensor = model.tensor(GoldenModel.pixels(image));
      DEVIATIONS.check("tensor", 1e-6, tensors.get(image).floats(), tensor);
    }
  }

  @Test
  void aResultDoesNotDependOnItsNeighbours() {
    List<CompositionRequest> requests = new ArrayList<>();
    Golden.expected().path("queries").forEach(q -> requests.add(request(q, SaliencyMethod.EXACT)));
    Golden.expected()
        .path("two_captions")
        .forEach(q -> requests.add(request(q, SaliencyMethod.PUBLISHED)));
    List<Composition> together = model.compose(requests);
    List<CandidateRequest> candidates = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Composition alone = model.compose(requests.subList(i, i + 1)).get(0);
      assertArrayEquals(alone.queryFeature(), together.get(i).queryFeature());
      assertArrayEquals(grid(alone), grid(together.get(i)));
      candidates.add(
          new CandidateRequest(
              requests.get(i).reference(), alone.queryFeature(), SaliencyMethod.EXACT));
    }
    List<PatchRelevance> maps = model.explain(candidates);
    for (int i = 0; i < maps.size(); i++) {
      PatchRelevance alone = model.explain(candidates.subList(i, i + 1)).get(0);
      assertArrayEquals(alone.grid(), maps.get(i).grid());
      assertEquals(alone.explainedScore(), maps.get(i).explainedScore());
    }
  }

  @Test
  void oneBigPassGivesTheSameNumbers() {
    List<CompositionRequest> requests = new ArrayList<>();
    for (JsonNode query : Golden.expected().path("queries")) {
      for (SaliencyMethod method : SaliencyMethod.values()) {
        requests.add(request(query, method));
      }
    }
    Golden.expected()
        .path("two_captions")
        .forEach(q -> requests.add(request(q, SaliencyMethod.EXACT)));
    List<Composition> expected = model.compose(requests);
    ClipModelConfig config = GoldenModel.config().batching(Batching.FASTEST).build();
    try (ClipCompositionModel fastest = ClipCompositionModel.open(config)) {
      List<Composition> actual = fastest.compose(requests);
      for (int i = 0; i < expected.size(); i++) {
        DEVIATIONS.check(
            "one pass: query", 1e-5, expected.get(i).queryFeature(), actual.get(i).queryFeature());
        DEVIATIONS.checkRelative("one pass: map", 2e-4, grid(expected.get(i)), grid(actual.get(i)));
      }
    }
  }

  @Test
  void saysWhatItIs() {
    ModelDescription description = model.description();
    assertEquals("clip-b32-tiny", description.clipModel());
    assertEquals(64, description.clipSha256().length());
    assertEquals(64, description.phiSha256().length());
    assertEquals("searle", description.evalType());
    assertEquals(224, description.side());
    assertEquals(7, description.patchesPerSide());
    assertEquals(48, description.dimension());
    assertEquals("cpu", description.device());
    assertEquals("float32", description.precision());
  }

  @Test
  void takesAnEmptyBatch() {
    assertEquals(List.of(), model.compose(List.of()));
    assertEquals(List.of(), model.explain(List.of()));
    assertEquals(List.of(), model.encode(List.of()));
  }

  @Test
  void refusesAFeatureOfAnotherLength() {
    ModelPixels pixels = GoldenModel.pixels("scene-00.png");
    CandidateRequest request = new CandidateRequest(pixels, new float[7], SaliencyMethod.EXACT);
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> model.explain(List.of(request)));
    assertEquals("a query feature of length 7, the model's is 48", failure.getMessage());
  }

  private static Composition compose(JsonNode query) {
    return model.compose(List.of(request(query, SaliencyMethod.EXACT))).get(0);
  }

  private static CompositionRequest request(JsonNode query, SaliencyMethod method) {
    List<String> captions =
        query.has("captions")
            ? GoldenModel.texts(query.path("captions"))
            : List.of(query.path("caption").asText());
    return new CompositionRequest(
        GoldenModel.pixels(query.path("reference").asText()),
        model.tokenize(captions),
        Optional.of(method));
  }

  private static void checkMap(
      int query, String kind, SaliencyMethod method, PatchRelevance map, double scoreTolerance) {
    String mode = method.name().toLowerCase(Locale.ROOT);
    String key = "q" + query + "/" + kind + "/" + mode + "/";
    String quantity = (kind.equals("reference") ? kind : "candidate") + " " + mode;
    float[] raw = MAPS.get(key + "raw").floats();
    float[] signed = MAPS.get(key + "signed").floats();
    // The tolerance is relative to the signed map: raw may be all zero.
    float scale = 0;
    for (float value : signed) {
      scale = Math.max(scale, Math.abs(value));
    }
    DEVIATIONS.check(
        quantity + ": raw map, relative", 2e-4, scaled(raw, scale), scaled(map.grid(), scale));
    JsonNode target =
        Golden.expected().path("queries").path(query).path("maps").path(kind + "/" + mode);
    DEVIATIONS.check(
        quantity + ": explained score",
        scoreTolerance,
        new float[] {(float) target.path("target").asDouble()},
        new float[] {map.explainedScore()});
  }

  private static void checkRanking(float[] query, NpyArray gallery, JsonNode ranking) {
    float[] scores = new float[ranking.size()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = dot(GoldenModel.row(gallery, row), query);
    }
    List<Integer> order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparing((Integer row) -> -scores[row]))
            .toList();
    for (int rank = 0; rank < scores.length; rank++) {
      JsonNode expected = ranking.get(rank);
      float score = scores[order.get(rank)];
      DEVIATIONS.check(
          "ranking score",
          1e-5,
          new float[] {(float) expected.path("score").asDouble()},
          new float[] {score});
      // Neighbours may swap where their scores are closer than the tolerance.
      float own = scores[GoldenModel.index(expected.path("name").asText())];
      assertEquals(score, own, 2e-5);
    }
  }

  private static List<float[]> steps(float[] image, JsonNode order, boolean insertion) {
    float[] blank = new float[image.length];
    float[] current = (insertion ? blank : image).clone();
    float[] source = insertion ? image : blank;
    List<float[]> steps = new ArrayList<>(List.of(current.clone()));
    for (JsonNode patch : order) {
      int top = patch.asInt() / 7 * 32;
      int left = patch.asInt() % 7 * 32;
      for (int channel = 0; channel < 3; channel++) {
        for (int y = top; y < top + 32; y++) {
          int start = (channel * GoldenModel.SIDE + y) * GoldenModel.SIDE + left;
          System.arraycopy(source, start, current, start, 32);
        }
      }
      steps.add(current.clone());
    }
    return steps;
  }

  private static float[] grid(Composition composition) {
    return composition.referenceRelevance().orElseThrow().grid();
  }

  private static float[] scaled(float[] values, float scale) {
    float[] scaled = Arrays.copyOf(values, values.length);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= scale;
    }
    return scaled;
  }

  private static float dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return (float) sum;
  }
}
