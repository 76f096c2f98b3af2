package dev.heliograph.app.command;

import dev.heliograph.demo.evaluation.Evaluation;
import dev.heliograph.demo.evaluation.EvaluationJson;
import dev.heliograph.demo.evaluation.EvaluationPlan;
import dev.heliograph.demo.evaluation.EvaluationReport;
import dev.heliograph.demo.evaluation.EvaluationTable;
import dev.heliograph.demo.evaluation.TensorEncoder;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.FullSizeSaliency;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Measures the demo's model on scenes that it has never seen. */
final class DemoEvaluation {
  private static final int STEPS_SHOWN = 5;

  private DemoEvaluation() {}

  /** The report, as a table or as JSON. */
  static String run(
      ClipModelConfig config, EvaluationPlan plan, boolean json, Consumer<String> say) {
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      ClipPreprocessor preprocessor =
          new ClipPreprocessor(model.description().side(), PreprocessType.TARGETPAD);
      EvaluationReport report =
          new Evaluation(model, preprocessor, encoder(model), FullSizeSaliency::values)
              .run(plan, (done, total) -> progress(done, total, say));
      return json ? EvaluationJson.of(report) : EvaluationTable.of(report);
    }
  }

  private static void progress(int done, int total, Consumer<String> say) {
    if (done * STEPS_SHOWN / total > (done - 1) * STEPS_SHOWN / total) {
      say.accept("Evaluated " + done + " of " + total);
    }
  }

  private static TensorEncoder encoder(ClipCompositionModel model) {
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
