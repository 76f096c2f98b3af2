package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both towers against PyTorch, layer by layer. */
class TowerTraceTest {
  private static final NpzFile TRACE = Golden.arrays("trace.npz");
  private static final JsonNode INFO = Golden.expected().path("trace");
  private static final NpzFile FEATURES = Golden.arrays("features.npz");
  private static final double TOLERANCE = 2e-4;
  private static final Deviations DEVIATIONS = new Deviations();

  private static ClipModel model;

  private NDManager manager;
  private NDScope scope;

  @BeforeAll
  static void load() {
    model = GoldenModel.load();
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
  void visionLayers() {
    VisionTower vision = model.vision();
    NDArray hidden = vision.embed(pixels(INFO.path("image").asText()));
    int layer = 0;
    check("vision hidden", layer(TRACE.get("vision/hidden"), layer++), hidden);
    for (TransformerBlock block : blocks(vision.trunk())) {
      hidden = block.forward(hidden, null);
      check("vision hidden", layer(TRACE.get("vision/hidden"), layer++), hidden);
    }
    LastBlock last = vision.last();
    LastBlock.Opened opened = vision.open(hidden);
    check("last q", cls("vision/last/q"), opened.query());
    check("last k", TRACE.get("vision/last/k").floats(), opened.key());
    check("last v", TRACE.get("vision/last/v").floats(), opened.value());
    NDArray o = last.attend(opened, last.heads(), null);
    check("last attention", cls("vision/last/attn"), o);
    float[] output = layer(TRACE.get("vision/hidden"), layer);
    check("vision hidden", Arrays.copyOf(output, 128), last.tail(opened, o).z());
  }

  @Test
  void textLayers() {
    TextTower text = model.text();
    int tokens = INFO.path("eot").asInt() + 1;
    int[] ids = Arrays.copyOf(ids(), tokens);
    NDArray word = row("pseudo_words", INFO.path("word_of").asText());
    NDArray hidden = text.embed(manager, List.of(ids), tokens, word, 4);
    int layer = 0;
    check("text hidden", layer(TRACE.get("text/hidden"), layer++), hidden);
    for (TransformerBlock block : blocks(text.trunk())) {
      hidden = block.forward(hidden, CausalMask.square(manager, tokens));
      check("text hidden", layer(TRACE.get("text/hidden"), layer++), hidden);
    }
    NDArray feature = text.encode(manager, List.of(ids), word, 4);
    check("text feature", TRACE.get("text/feature").floats(), feature);
  }

  /** A prompt's feature does not depend on what it is padded with, or beside. */
  @Test
  void paddingChangesNothing() {
    TextTower text = model.text();
    int[] brief = model.tokenizer().encode("a cat");
    int[] lengthy = model.tokenizer().encode("a very small cat on a large green table");
    NDArray together = text.encode(manager, List.of(brief, lengthy, brief), null, 0);
    float[][] rows = Vectors.rows(together);
    DEVIATIONS.check(
        "padding", 5e-6, text.encode(manager, List.of(brief), null, 0).toFloatArray(), rows[0]);
    DEVIATIONS.check(
        "padding", 5e-6, text.encode(manager, List.of(lengthy), null, 0).toFloatArray(), rows[1]);
    DEVIATIONS.check("padding", 5e-6, rows[0], rows[2]);
  }

  @Test
  void featuresAndPseudoWords() {
    for (String image : GoldenModel.images()) {
      if (GoldenModel.hasPixels(image)) {
        LastBlock.Opened opened = model.vision().open(model.vision().trunk(pixels(image)));
        LastBlock last = model.vision().last();
        NDArray o = last.attend(opened, last.heads(), null);
        NDArray feature = last.tail(opened, o).feature();
        check("image feature", row("image_features", image).toFloatArray(), feature);
        float[] word = row("pseudo_words", image).toFloatArray();
        float[] actual = model.phi().invert(feature).word().toFloatArray();
        DEVIATIONS.check("pseudo word", 4e-4, word, actual);
      }
    }
  }

  @Test
  void composedFeatures() {
    JsonNode queries = Golden.expected().path("queries");
    for (int i = 0; i < queries.size(); i++) {
      JsonNode query = queries.get(i);
      NDArray word = row("pseudo_words", query.path("reference").asText());
      List<int[]> prompt =
          model.tokenizer().prompts(List.of(query.path("caption").asText())).tokenIds();
      NDArray composed = model.text().encode(manager, prompt, word, 4);
      float[] expected = GoldenModel.row(Golden.arrays("queries.npz").get("composed"), i);
      DEVIATIONS.check("composed feature", 5e-5, expected, composed.toFloatArray());
    }
  }

  private void check(String quantity, float[] expected, NDArray actual) {
    DEVIATIONS.check(quantity, TOLERANCE, expected, actual.toFloatArray());
  }

  private static List<TransformerBlock> blocks(Trunk trunk) {
    return ((BlockTrunk) trunk).blocks();
  }

  private NDArray pixels(String image) {
    ByteBuffer rgb = ByteBuffer.wrap(GoldenModel.pixels(image).rgb());
    return model.vision().normalise(manager, rgb, 1);
  }

  private NDArray row(String matrix, String image) {
    float[] row = GoldenModel.row(FEATURES.get(matrix), GoldenModel.index(image));
    return manager.create(row, new Shape(1, row.length));
  }

  private static int[] ids() {
    return Arrays.stream(TRACE.get("text/ids").longs()).mapToInt(Math::toIntExact).toArray();
  }

  private static float[] cls(String name) {
    return GoldenModel.row(TRACE.get(name), 0);
  }

  private static float[] layer(NpyArray layers, int index) {
    int size = layers.size() / layers.shape()[0];
    return Arrays.copyOfRange(layers.floats(), index * size, (index + 1) * size);
  }
}
