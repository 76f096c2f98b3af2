package dev.heliograph.pipeline;

import dev.heliograph.query.Provenance;

/** Puts an answer's provenance together. */
final class Provenances {
  private Provenances() {}

  static Provenance of(ModelDescription model, GalleryDescription gallery, WorkerIdentity worker) {
    return new Provenance(
        model.clipModel(),
        model.clipSha256(),
        model.phiSha256(),
        model.evalType(),
        gallery.preprocess(),
        gallery.name(),
        gallery.version(),
        gallery.sha256(),
        gallery.size(),
        worker.name(),
        worker.version(),
        model.device(),
        model.precision());
  }
}
