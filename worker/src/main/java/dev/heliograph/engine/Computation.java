package dev.heliograph.engine;

import dev.heliograph.audit.AuditContext;
import dev.heliograph.audit.ReplayTolerance;
import dev.heliograph.gallery.ExactSearch;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OverlayRenderer;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ModelFacts;
import dev.heliograph.inference.Precision;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import java.util.Map;

/** What an engine's records say of what computed: read off the parts that compute. */
final class Computation {
  /**
   * The same build on the same kind of processor gives the same bits. Another processor, thread
   * count or JDK may add in another order: numbers then differ in their last digits, of which a
   * reduced precision has few. A ranking is compared exactly, whatever these are.
   */
  private static final Map<Precision, ReplayTolerance> TOLERANCES =
      Map.of(
          Precision.FLOAT32, new ReplayTolerance(1e-5f, 1e-3f),
          Precision.BFLOAT16, new ReplayTolerance(5e-3f, 5e-2f),
          Precision.FLOAT16, new ReplayTolerance(1e-3f, 1e-2f));

  private Computation() {}

  static AuditContext.Engine of(
      ClipCompositionModel model,
      PreprocessType preprocess,
      WorkerIdentity worker,
      String gitRevision) {
    ModelFacts facts = model.facts();
    return new AuditContext.Engine(
        model.description(),
        facts.tokenizerSha256(),
        new AuditContext.Preprocessing(
            preprocess,
            ImageGeometry.TARGETPAD_RATIO,
            ClipPreprocessor.RESAMPLE,
            facts.mean(),
            facts.deviation()),
        new AuditContext.Method(
            facts.explainedLayer(),
            facts.heads(),
            facts.referenceTarget(),
            facts.candidateTarget(),
            OverlayRenderer.NORMALISATION,
            OverlayRenderer.INTERPOLATION,
            OverlayRenderer.COLOUR_MAP,
            OverlayRenderer.ALPHA),
        new AuditContext.Search(ExactSearch.METRIC, ExactSearch.INDEX),
        new AuditContext.Environment(
            worker.name(),
            worker.version(),
            gitRevision,
            Runtime.version().toString(),
            facts.djl(),
            facts.libtorch(),
            facts.threads(),
            facts.determinism()),
        TOLERANCES.get(Precision.of(model.description().precision())));
  }
}
