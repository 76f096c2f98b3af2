package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpzFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U · t is the map that the gradient gives, before it is rounded for storage. */
class TangentExplainerTest {
  private static final Deviations DEVIATIONS = new Deviations();
  private static final NpzFile MAPS = Golden.arrays("maps.npz");

  @AfterAll
  static void log() {
    DEVIATIONS.log();
  }

  @Test
  void agreesWithTheReferenceBeforeReluToo() {
    try (ClipModel model = GoldenModel.load();
        NDManager manager = model.weights().newSubManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      JsonNode queries = Golden.expected().path("queries");
      for (int i = 0; i < queries.size(); i++) {
        float[] composed = GoldenModel.row(Golden.arrays("queries.npz").get("query"), i);
        for (int rank = 0; rank < 3; rank++) {
          String name = queries.get(i).path("ranking").path(rank).path("name").asText();
          NDArray pixels =
              model.vision().normalise(manager, ByteBuffer.wrap(GoldenModel.pixels(name).rgb()), 1);
          NDArray tangents =
              explainer(model.vision())
                  .explain(model.vision().open(model.vision().trunk(pixels)))
                  .tangents();
          NDArray query = manager.create(composed, new Shape(1, composed.length, 1));
          DEVIATIONS.checkRelative(
              "golden, signed map, relative",
              2e-4,
              MAPS.get("q" + i + "/candidate" + rank + "/exact/signed").floats(),
              tangents.matMul(query).toFloatArray());
        }
      }
    }
  }

  @Test
  void agreesWithTheGradientForGeluAndBatches() {
    try (NanoModel nano = NanoModel.open("clip-gelu-nano");
        NDManager manager = nano.manager().newSubManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray pixels = manager.randomNormal(new Shape(5, 3, 64, 64));
      LastBlock.Opened opened = nano.vision().open(nano.vision().trunk(pixels));
      GradEclip gradEclip = new GradEclip(nano.vision());
      LastBlock.Tail tail = gradEclip.forward(opened, SaliencyMethod.EXACT);
      NDArray query = Vectors.unit(manager.randomNormal(new Shape(5, 40)));
      NDArray expected =
          gradEclip.explain(opened, tail, ExplainedScore.cosine(tail.feature(), query)).signed();

      TangentExplainer.Explained explained = explainer(nano.vision()).explain(opened);

      DEVIATIONS.checkRelative(
          "gelu, signed map, relative",
          1e-5,
          expected.toFloatArray(),
          explained.tangents().matMul(query.expandDims(2)).toFloatArray());
      assertArrayEquals(
          Vectors.unit(tail.feature()).toFloatArray(), explained.feature().toFloatArray());
    }
  }

  /** As large as published models, with weights that say nothing. */
  @Test
  void agreesWithDirectMapsOfViTB32AndEncodesTheVeryFeatures(@TempDir Path folder) {
    SyntheticModel.vitB32().writeClip(folder);
    ClipModelConfig config =
        ClipModelConfig.builder(folder).device(DeviceChoice.CPU).threads(1).build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      Random random = new Random(5);
      List<ModelPixels> images = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        images.add(noise(random));
      }
      List<float[]> features = model.encode(images);
      List<ExplainedImage> explained = model.encodeExplained(images);
      for (int i = 0; i < images.size(); i++) {
        assertArrayEquals(features.get(i), explained.get(i).feature());
        float[] query = features.get((i + 1) % images.size());
        CandidateRequest request = new CandidateRequest(images.get(i), query, SaliencyMethod.EXACT);
        DEVIATIONS.checkRelative(
            "ViT-B/32, map, relative",
            1e-4,
            model.explain(List.of(request)).get(0).grid(),
            map(explained.get(i).tangents().values(), query));
      }
    }
  }

  private static float[] map(float[] tangents, float[] query) {
    float[] map = new float[tangents.length / query.length];
    for (int patch = 0; patch < map.length; patch++) {
      double sum = 0;
      for (int i = 0; i < query.length; i++) {
        sum += (double) tangents[patch * query.length + i] * query[i];
      }
      map[patch] = (float) Math.max(0, sum);
    }
    return map;
  }

  private static TangentExplainer explainer(VisionTower vision) {
    return new TangentExplainer(new GradEclip(vision), vision.last());
  }

  private static ModelPixels noise(Random random) {
    byte[] rgb = new byte[3 * 224 * 224];
    random.nextBytes(rgb);
    return new ModelPixels(rgb, ImageGeometry.plan(224, 224, 224, PreprocessType.CLIP));
  }
}
