package dev.heliograph.app.command;

import dev.heliograph.engine.PrecisionComparison;
import dev.heliograph.engine.PrecisionSample;
import dev.heliograph.gallery.GalleryBuilder;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.Precision;
import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.ModelPixels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph model precision}: what a precision changes, on images of one's own. */
@Command(
    name = "precision",
    mixinStandardHelpOptions = true,
    description = {
      "Compares a precision with float32 on a folder of images: features, composed queries with",
      "each image as the reference, their rankings of the folder, saliency grids, and time.",
      "Without --phi, phi is phi.pt in the model's folder."
    })
final class ModelPrecisionCommand implements Callable<Integer> {
  private static final int RANKED = 10;

  private static final String GRIDS =
      "of a map's largest value off: median %.2f %%, 95 of 100 below %.2f %%, highest %.2f %%";

  @Spec private CommandSpec spec;
  @Mixin private EncodingOptions encoding;
  @Mixin private PhiOptions phi;

  @Parameters(paramLabel = "<folder>", description = "CLIP folder.")
  private Path model;

  @Option(names = "--images", required = true, description = "Folder of images.")
  private Path images;

  @Option(
      names = "--limit",
      defaultValue = "200",
      description = "Images at most, spread over the folder (default: 200).")
  private int limit;

  @Option(
      names = "--caption",
      defaultValue = "is blue",
      description = "Relative caption of all queries (default: ${DEFAULT-VALUE}).")
  private String caption;

  @Override
  public Integer call() {
    Precision precision = encoding.precision();
    if (precision == Precision.FLOAT32) {
      throw new UsageException("--precision: name the one to compare with float32");
    }
    if (limit < 2) {
      throw new UsageException("--limit: " + limit + " is not 2 or more");
    }
    try (ClipCompositionModel other = open(precision);
        ClipCompositionModel exact = open(Precision.FLOAT32)) {
      List<ModelPixels> pixels = pixels(exact.description().side());
      PrecisionSample expected = PrecisionSample.of(exact, pixels, caption);
      PrecisionSample found = PrecisionSample.of(other, pixels, caption);
      print(PrecisionComparison.of(expected, found, RANKED), pixels.size());
    }
    return 0;
  }

  private ClipCompositionModel open(Precision precision) {
    return ClipCompositionModel.open(
        encoding
            .model(model)
            .precision(precision)
            .phi(phi.file().orElse(model.resolve("phi.pt")))
            .evalType(phi.evalType())
            .build());
  }

  private List<ModelPixels> pixels(int side) {
    ClipPreprocessor preprocessor = new ClipPreprocessor(side, encoding.preprocess());
    LocalImageFolder folder = LocalImageFolder.open(images);
    ImageReader reader = new OpenCvImageReader();
    List<ModelPixels> pixels = new ArrayList<>();
    for (String name : spread(folder.names())) {
      try {
        byte[] bytes = folder.read(name, GalleryBuilder.Limits.MAX_BYTES);
        pixels.add(preprocessor.prepare(reader.read(bytes, GalleryBuilder.Limits.MAX_PIXELS)));
      } catch (UnreadableImageException e) {
        spec.commandLine().getErr().println("left out: " + name + ": " + e.getMessage());
      }
    }
    if (pixels.size() < 2) {
      throw new UsageException("--images: there are not two images in " + images);
    }
    return pixels;
  }

  private List<String> spread(List<String> names) {
    if (names.size() <= limit) {
      return names;
    }
    List<String> some = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      some.add(names.get((int) ((long) i * names.size() / limit)));
    }
    return some;
  }

  private void print(PrecisionComparison comparison, int count) {
    line("images", "%d, in %s and float32", count, encoding.precision().configName());
    line("features", "cosine: lowest %.6f, median %.6f", low(comparison.features()));
    line("queries", "cosine: lowest %.6f, median %.6f", low(comparison.queries()));
    line(
        "top " + comparison.ranked(),
        "%.1f %% the same images; in the same order for %.1f %% of the queries",
        100 * comparison.overlap(),
        100 * comparison.sameOrder());
    line("candidates", GRIDS, high(comparison.candidateGrids()));
    line("references", GRIDS, high(comparison.referenceGrids()));
    double before = comparison.float32Time().toNanos() / 1e6;
    double after = comparison.time().toNanos() / 1e6;
    line(
        "time",
        "%.1f ms an image, in float32 %.1f ms: %.2f times as fast",
        after,
        before,
        before / after);
  }

  private static Object[] low(PrecisionComparison.Spread spread) {
    return new Object[] {spread.lowest(), spread.median()};
  }

  private static Object[] high(PrecisionComparison.Spread spread) {
    return new Object[] {100 * spread.median(), 100 * spread.most(), 100 * spread.highest()};
  }

  private void line(String name, String format, Object... values) {
    spec.commandLine()
        .getOut()
        .printf("%-11s %s%n", name, String.format(Locale.ROOT, format, values))
        .flush();
  }
}
