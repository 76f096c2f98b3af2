package dev.heliograph.demo.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.demo.world.Region;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final EvaluationPlan PLAN = new EvaluationPlan(6, 9, 4242);
  private static final int SIDE = 16;

  private final EvaluationReport report =
      new Evaluation(new CornerGazer(), blackPixels(), nothing(), new ProjectedMap())
          .run(PLAN, (done, total) -> assertTrue(done <= total));

  @Test
  void countsRecallByTheRankOfTheTrueTarget() {
    assertEquals(3.0 / 6, report.recall().get(1));
    assertEquals(1, report.recall().get(5));
    assertEquals(1, report.recall().get(10));
  }

  /** A map that always looks at the upper left corner is right about backgrounds only. */
  @Test
  void scoresMapsOnWhatTheCaptionAskedFor() {
    assertEquals(6, report.references().cases());
    assertEquals(0, report.references().pointing().get(SaliencyMethod.EXACT));
    report
        .candidates()
        .forEach(
            (region, score) ->
                assertEquals(
                    region == Region.BACKGROUND ? 1 : 0,
                    score.pointing().get(SaliencyMethod.PUBLISHED),
                    region::words));
    assertEquals(Set.of(Region.values()), report.candidates().keySet());
  }

  @Test
  void printsATableAndJson() throws Exception {
    String table = EvaluationTable.of(report);
    assertTrue(table.startsWith("corner-gazer: 6 queries against 9 scenes, seed 4242"), table);
    assertTrue(table.contains("Recall@1  ") && table.contains("0.500"), table);

    JsonNode json = new ObjectMapper().readTree(EvaluationJson.of(report));
    assertEquals(0.5, json.at("/recall/@1").doubleValue());
    assertEquals(6, json.at("/reference/cases").intValue());
    assertEquals(0, json.at("/auc/random/deletion").doubleValue());
  }

  @Test
  void refusesPlansThatCannotBeRun() {
    assertThrows(IllegalArgumentException.class, () -> new EvaluationPlan(0, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> new EvaluationPlan(6, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> new EvaluationPlan(6, 1_000_000, 1));
    assertThrows(IllegalArgumentException.class, () -> new EvaluationPlan(6, 9, -1));
  }

  private static Preprocessor blackPixels() {
    return image ->
        new ModelPixels(
            new byte[3 * SIDE * SIDE],
            ImageGeometry.plan(image.width(), image.height(), SIDE, PreprocessType.CLIP));
  }

  /** Encodes every tensor as zero: all curves are flat. */
  private static TensorEncoder nothing() {
    return new TensorEncoder() {
      @Override
      public float[] normalised(ModelPixels image) {
        return new float[image.rgb().length];
      }

      @Override
      public List<float[]> encodeNormalised(List<float[]> tensors) {
        return tensors.stream().map(tensor -> new float[9]).collect(Collectors.toList());
      }
    };
  }

  /**
   * Encodes image n as the n-th unit vector, finds every other target at once and the rest second,
   * and always looks at the first patch.
   */
  private static final class CornerGazer implements CompositionModel {
    private int encoded;
    private int composed;

    @Override
    public ModelDescription description() {
      return new ModelDescription("corner-gazer", "", "", "phi", SIDE, 8, 9, "cpu", "float32");
    }

    @Override
    public Prompts tokenize(List<String> captions) {
      return new Prompts(List.of(new int[] {captions.size()}));
    }

    @Override
    public List<Composition> compose(List<CompositionRequest> batch) {
      float[] feature = new float[9];
      feature[composed] = 0.5f;
      feature[8] = composed % 2;
      composed++;
      return batch.stream()
          .map(request -> new Composition(feature, 1, Optional.of(corner())))
          .collect(Collectors.toList());
    }

    @Override
    public List<PatchRelevance> explain(List<CandidateRequest> batch) {
      return batch.stream().map(request -> corner()).collect(Collectors.toList());
    }

    @Override
    public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      List<float[]> features = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        float[] feature = new float[9];
        feature[encoded++] = 1;
        features.add(feature);
      }
      return features;
    }

    @Override
    public void close() {}

    private static PatchRelevance corner() {
      float[] grid = new float[64];
      grid[0] = 1;
      return new PatchRelevance(8, 8, grid, 0.5f);
    }
  }
}
