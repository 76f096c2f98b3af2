package dev.heliograph.engine;

import dev.heliograph.audit.AuditContext;
import dev.heliograph.audit.ReplayTolerance;
import dev.heliograph.gallery.ExactSearch;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OverlayRenderer;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ModelFacts;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;

/** What an engine's records say of what computed: read off the parts that compute. */
final class Computation {
  private Computation() {}

  /** How images are brought to the model. */
  record Ingest(PreprocessType preprocess, boolean fast) {}

  static AuditContext.Engine of(
      ClipCompositionModel model, Ingest ingest, WorkerIdentity worker, String gitRevision) {
    ModelFacts facts = model.facts();
    return new AuditContext.Engine(
        model.description(),
        facts.tokenizerSha256(),
        new AuditContext.Preprocessing(
            ingest.preprocess(),
            ImageGeometry.TARGETPAD_RATIO,
            ingest.fast() ? ClipPreprocessor.FAST_RESAMPLE : ClipPreprocessor.RESAMPLE,
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
        ReplayTolerance.LIMIT);
  }
}
