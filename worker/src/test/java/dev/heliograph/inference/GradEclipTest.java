package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maps and gradients against PyTorch's numbers, and against autograd. */
class GradEclipTest {
  private static final NpzFile MAPS = Golden.arrays("maps.npz");
  private static final NpyArray IMAGE_FEATURES =
      Golden.arrays("features.npz").get("image_features");
  private static final Deviations DEVIATIONS = new Deviations();

  private static ClipModel model;
  private static GradEclip gradEclip;
  private static Phi phi;

  private NDManager manager;
  private NDScope scope;

  @BeforeAll
  static void load() {
    model = GoldenModel.load();
    gradEclip = new GradEclip(model.vision());
    phi = model.phi();
  }

  @AfterAll
  static void close() {
    model.close();
    DEVIATIONS.log();
  }

  @BeforeEach
  void openScope() {
    manager = model.weights().newSubManager();
    scope = new NDScope();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    manager.close();
  }

  @Test
  void agreesWithTheReferenceBeforeReluToo() {
    JsonNode queries = Golden.expected().path("queries");
    for (int i = 0; i < queries.size(); i++) {
      JsonNode query = queries.get(i);
      float[] composed = GoldenModel.row(Golden.arrays("queries.npz").get("query"), i);
      LastBlock.Opened reference = open(query.path("reference").asText());
      for (SaliencyMethod method : SaliencyMethod.values()) {
        LastBlock.Tail tail = gradEclip.forward(reference, method);
        Phi.Inversion inversion = phi.invert(tail.feature());
        check(
            "q" + i + "/reference/",
            method,
            gradEclip.explain(reference, tail, ExplainedScore.pseudoWordLength(phi, inversion)),
            2e-5);
        for (int rank = 0; rank < 3; rank++) {
          LastBlock.Opened candidate = open(query.path("ranking").path(rank).path("name").asText());
          LastBlock.Tail candidateTail = gradEclip.forward(candidate, method);
          ExplainedScore cosine = ExplainedScore.cosine(candidateTail.feature(), row(composed));
          check(
              "q" + i + "/candidate" + rank + "/",
              method,
              gradEclip.explain(candidate, candidateTail, cosine),
              2e-6);
        }
      }
      GradEclip.Maps maps = referenceMaps(reference);
      float[] spatial = MAPS.get("q" + i + "/reference/spatial").floats();
      DEVIATIONS.check("lambda", 5e-5, spatial, maps.lambda().toFloatArray());
      float[] cosines = MAPS.get("q" + i + "/reference/cosine_qk").floats();
      DEVIATIONS.check("cosine of q and k", 1e-5, cosines, maps.cosine().toFloatArray());
    }
  }

  /** How a candidate's score depends on the reference: through phi and the text tower. */
  @Test
  void explainsAScoreBehindTheTextTower() {
    JsonNode queries = Golden.expected().path("queries");
    for (int i = 0; i < queries.size(); i++) {
      JsonNode query = queries.get(i);
      LastBlock.Opened reference = open(query.path("reference").asText());
      List<int[]> prompt =
          model.tokenizer().prompts(List.of(query.path("caption").asText())).tokenIds();
      for (int rank = 0; rank < 3; rank++) {
        String name = query.path("ranking").path(rank).path("name").asText();
        NDArray candidate =
            Vectors.unit(row(GoldenModel.row(IMAGE_FEATURES, GoldenModel.index(name))));
        for (SaliencyMethod method : SaliencyMethod.values()) {
          LastBlock.Tail tail = gradEclip.forward(reference, method);
          ExplainedScore score =
              byAutograd(
                  tail.feature(),
                  feature -> {
                    NDArray word = phi.invert(feature).word();
                    NDArray text =
                        model
                            .text()
                            .encode(manager, prompt, word, model.tokenizer().wordPosition());
                    return Vectors.dot(Vectors.unit(text), candidate);
                  });
          GradEclip.Maps maps = gradEclip.explain(reference, tail, score);
          check("q" + i + "/reference-for-candidate" + rank + "/", method, maps, 2e-6);
        }
      }
    }
  }

  @Test
  void theAnalyticGradientIsAutogradsForQuickGelu() {
    LastBlock.Opened opened = open("scene-00.png");
    NDArray query = Vectors.unit(manager.randomNormal(new Shape(1, 48)));
    assertGradientsAgree(model.vision().last(), opened, phi, query);
  }

  @Test
  void theAnalyticGradientIsAutogradsForGeluAndBatches() {
    try (NanoModel nano = NanoModel.open("clip-gelu-nano")) {
      NDArray pixels = manager.randomNormal(new Shape(5, 3, 64, 64));
      LastBlock.Opened opened = nano.vision().open(nano.vision().trunk(pixels));
      NDArray query = Vectors.unit(manager.randomNormal(new Shape(5, 40)));
      assertGradientsAgree(nano.vision().last(), opened, randomPhi(40), query);
    }
  }

  @Test
  void aCosineWithoutRangeGivesAZeroMapNotNaN() {
    LastBlock.Opened opened = open("scene-00.png");
    LastBlock.Opened onePatch =
        new LastBlock.Opened(
            opened.residual(),
            opened.query(),
            opened.key().get(":, 0:2"),
            opened.value().get(":, 0:2"));
    LastBlock.Tail tail = gradEclip.forward(onePatch, SaliencyMethod.EXACT);
    ExplainedScore score = ExplainedScore.cosine(tail.feature(), row(new float[48]));
    assertArrayEquals(
        new float[1], gradEclip.explain(onePatch, tail, score).signed().toFloatArray());
  }

  private void assertGradientsAgree(
      LastBlock last, LastBlock.Opened opened, Phi someone, NDArray query) {
    for (int heads : new int[] {1, last.heads()}) {
      NDArray o = last.attend(opened, heads, null);
      LastBlock.Tail tail = last.tail(opened, o);
      ExplainedScore length =
          ExplainedScore.pseudoWordLength(someone, someone.invert(tail.feature()));
      ExplainedScore expected =
          byAutograd(o, a -> Vectors.length(someone.invert(last.tail(opened, a).feature()).word()));
      assertAgree("reference", expected, length, last.pullBack(tail, length.gradient()));
      ExplainedScore cosine = ExplainedScore.cosine(tail.feature(), query);
      expected =
          byAutograd(o, a -> Vectors.dot(Vectors.unit(last.tail(opened, a).feature()), query));
      assertAgree("candidate", expected, cosine, last.pullBack(tail, cosine.gradient()));
    }
  }

  private static void assertAgree(
      String target, ExplainedScore expected, ExplainedScore actual, NDArray gradient) {
    assertArrayEquals(expected.score().toFloatArray(), actual.score().toFloatArray(), 1e-5f);
    DEVIATIONS.checkRelative(
        target + ": gradient against autograd, relative",
        1e-5,
        expected.gradient().toFloatArray(),
        gradient.toFloatArray());
  }

  /** The score of an input and its gradient with respect to that input, by DJL's autograd. */
  private static ExplainedScore byAutograd(NDArray input, Function<NDArray, NDArray> score) {
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDArray leaf = input.duplicate();
      leaf.setRequiresGradient(true);
      NDArray result = score.apply(leaf);
      collector.backward(result.sum());
      return new ExplainedScore(result.stopGradient(), leaf.getGradient().duplicate());
    }
  }

  private GradEclip.Maps referenceMaps(LastBlock.Opened opened) {
    LastBlock.Tail tail = gradEclip.forward(opened, SaliencyMethod.EXACT);
    Phi.Inversion inversion = phi.invert(tail.feature());
    return gradEclip.explain(opened, tail, ExplainedScore.pseudoWordLength(phi, inversion));
  }

  private static void check(
      String key, SaliencyMethod method, GradEclip.Maps maps, double gradientTolerance) {
    String mode = method.name().toLowerCase(Locale.ROOT);
    String kind = key.substring(3, key.length() - 1).replaceAll("\\d", "") + " " + mode;
    DEVIATIONS.checkRelative(
        kind + ": signed map, relative",
        2e-4,
        MAPS.get(key + mode + "/signed").floats(),
        maps.signed().toFloatArray());
    DEVIATIONS.check(
        kind + ": gradient",
        gradientTolerance,
        MAPS.get(key + mode + "/grad_cls").floats(),
        maps.gradient().toFloatArray());
  }

  private LastBlock.Opened open(String image) {
    ByteBuffer rgb = ByteBuffer.wrap(GoldenModel.pixels(image).rgb());
    NDArray pixels = model.vision().normalise(manager, rgb, 1);
    assertEquals(new Shape(1, 3, 224, 224), pixels.getShape());
    return model.vision().open(model.vision().trunk(pixels));
  }

  private NDArray row(float[] values) {
    return manager.create(values, new Shape(1, values.length));
  }

  private Phi randomPhi(int inputs) {
    return new Phi(
        List.of(
            new Linear(
                manager.randomNormal(new Shape(64, inputs)), manager.randomNormal(new Shape(64))),
            new Linear(
                manager.randomNormal(new Shape(32, 64)), manager.randomNormal(new Shape(32)))));
  }
}
