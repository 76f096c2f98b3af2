package dev.heliograph.demo.evaluation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.demo.evaluation.EvaluationReport.PatchOrder;
import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Region;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMethod;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole way, from a drawn scene to its map, against what is known about the scene. */
class DemoModelTest {
  private static final Path MODEL = Path.of("..", "demo-world", "model");

  @Test
  void findsTheTargetsAndLooksAtThem() {
    EvaluationReport report = evaluate(new EvaluationPlan(12, 48, 4242));

    assertTrue(report.recall().get(1) >= 0.5, report::toString);
    assertTrue(report.recall().get(10) >= 0.8, report::toString);
    RegionScore main = report.candidates().get(Region.MAIN_OBJECT);
    assertTrue(main.pointing().get(SaliencyMethod.EXACT) >= 2 * main.chance(), report::toString);
    double random = report.faithfulness().get(PatchOrder.RANDOM).gap();
    assertTrue(report.faithfulness().get(PatchOrder.EXACT).gap() > random, report::toString);
  }

  private static EvaluationReport evaluate(EvaluationPlan plan) {
    ClipModelConfig config =
        ClipModelConfig.builder(MODEL)
            .phi(MODEL.resolve("phi.pt"))
            .device(DeviceChoice.CPU)
            .threads(1) // the machine may be busy with other tests
            .build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      int side = model.description().side();
      return new Evaluation(
              model,
              new ClipPreprocessor(side, PreprocessType.TARGETPAD),
              tensors(model),
              new ProjectedMap())
          .run(plan, (done, total) -> {});
    }
  }

  private static TensorEncoder tensors(ClipCompositionModel model) {
    return new TensorEncoder() {
      @Override
      public float[] normalised(ModelPixels image) {
        return model.tensor(image);
      }

      @Override
      public List<float[]> encodeNormalised(List<float[]> tensors) {
        return Arrays.asList(model.encodeTensors(tensors));
      }
    };
  }
}
