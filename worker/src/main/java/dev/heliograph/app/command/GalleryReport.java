package dev.heliograph.app.command;

import dev.heliograph.gallery.ExplanationInfo;
import dev.heliograph.gallery.GalleryManifest;
import dev.heliograph.gallery.SkippedImage;
import dev.heliograph.pipeline.GalleryDescription;
import java.io.PrintWriter;
import java.util.Locale;

/** What a gallery version is, for people. */
final class GalleryReport {
  private GalleryReport() {}

  static void print(GalleryManifest manifest, PrintWriter out) {
    GalleryDescription description = manifest.description();
    out.println("gallery     " + description.name() + "@" + description.version());
    out.println("images      " + description.size() + " x " + description.dimension());
    out.println("sha256      " + description.sha256());
    out.println(
        "model       "
            + description.clipModel()
            + ", sha256 "
            + description.clipSha256().orElse("not stated"));
    out.println("precision   " + manifest.precision().orElse("not stated"));
    out.println("preprocess  " + description.preprocess().name().toLowerCase(Locale.ROOT));
    out.println(
        "image root  " + description.imageRoot().map(Object::toString).orElse("not stated"));
    out.println(
        "explained   " + manifest.explanations().map(e -> explained(manifest, e)).orElse("no"));
    out.println("halves      " + manifest.halves().map(h -> halved(manifest)).orElse("no"));
    out.println("skipped     " + manifest.skipped().size());
    for (SkippedImage image : manifest.skipped()) {
      out.println("            " + image.name() + ": " + image.reason());
    }
    out.flush();
  }

  private static String halved(GalleryManifest manifest) {
    double bytes = (double) manifest.size() * manifest.dimension() * Short.BYTES;
    return String.format(Locale.ROOT, "a search reads %.1f MB", bytes / 1e6);
  }

  private static String explained(GalleryManifest manifest, ExplanationInfo explanations) {
    long bytes = explanations.bytesPerImage(manifest.dimension());
    return String.format(
        Locale.ROOT,
        "every image, %d x %d grids, %d bytes an image, %.1f MB",
        explanations.rows(),
        explanations.columns(),
        bytes,
        bytes * manifest.size() / 1e6);
  }
}
