package dev.heliograph.gallery;

import dev.heliograph.pipeline.GalleryDescription;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.query.PreprocessType;
import java.util.Locale;

/**
 * Whether a gallery and a model belong together. Features of different models cannot be compared:
 * the scores would be noise, and look fine.
 */
public final class ModelFit {
  private static final int SHORT_DIGEST = 12;

  private ModelFit() {}

  /**
   * Compares the weights' digest (if the gallery states one), the dimension and the preprocessing.
   *
   * @throws GalleryException naming both models if they differ
   */
  public static void check(
      GalleryDescription gallery, ModelDescription model, PreprocessType preprocess) {
    boolean sameWeights = gallery.clipSha256().map(model.clipSha256()::equals).orElse(true);
    if (!sameWeights
        || gallery.dimension() != model.dimension()
        || gallery.preprocess() != preprocess) {
      String sha256 = gallery.clipSha256().orElse("not stated");
      throw new GalleryException(
          gallery.name()
              + "@"
              + gallery.version()
              + " was encoded by "
              + text(gallery.clipModel(), sha256, gallery.dimension(), gallery.preprocess())
              + ", this worker runs "
              + text(model.clipModel(), model.clipSha256(), model.dimension(), preprocess));
    }
  }

  private static String text(String name, String sha256, int dimension, PreprocessType type) {
    return name
        + " (sha256 "
        + sha256.substring(0, Math.min(SHORT_DIGEST, sha256.length()))
        + ", dimension "
        + dimension
        + ", "
        + type.name().toLowerCase(Locale.ROOT)
        + ")";
  }
}
