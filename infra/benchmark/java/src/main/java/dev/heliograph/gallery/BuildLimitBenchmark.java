package dev.heliograph.gallery;

import static java.lang.String.format;

import dev.heliograph.benchmark.Inputs;
import dev.heliograph.benchmark.Usage;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How near a build is to what bounds it. Each round reads and prepares all images, takes them
 * through the vision tower, and builds a gallery of them. Decoder and tower overlap in a build, so
 * it cannot be faster than the slower of them; on a CPU they share its cores, so neither can it be
 * faster than the processor time of both, divided by the cores.
 */
public final class BuildLimitBenchmark {
  private static final PreprocessType PREPROCESS = PreprocessType.TARGETPAD;
  private static final GalleryBuilder.Limits LIMITS = GalleryBuilder.Limits.DEFAULT;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final OpenCvImageReader reader = new OpenCvImageReader();
  private final LocalImageFolder images = LocalImageFolder.open(Inputs.folder().resolve("images"));
  private final ClipCompositionModel model;
  private final ClipPreprocessor preprocessor;

  private BuildLimitBenchmark(ClipCompositionModel model) {
    this.model = model;
    this.preprocessor = new ClipPreprocessor(model.description().side(), PREPROCESS);
  }

  /** Something that is measured. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private record Round(Usage decoder, Usage tower, Usage build) {
    double slower() {
      return Math.max(decoder.seconds(), tower.seconds()) / build.seconds();
    }

    double cores() {
      return (decoder.cpuSeconds() + tower.cpuSeconds()) / CORES / build.seconds();
    }

    double work() {
      return (decoder.cpuSeconds() + tower.cpuSeconds()) / build.cpuSeconds();
    }
  }

  /**
   * @param arguments how many rounds; 7 if there are none
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = arguments.length == 0 ? 7 : Integer.parseInt(arguments[0]);
    ClipModelConfig config =
        ClipModelConfig.builder(Inputs.folder().resolve("model")).device(DeviceChoice.CPU).build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      new BuildLimitBenchmark(model).run(rounds);
    }
  }

  private void run(int rounds) throws IOException, InterruptedException {
    round();
    List<Round> measured = new ArrayList<>();
    System.out.printf("%d images, %d cores%n", images.names().size(), CORES);
    for (int i = 0; i < rounds; i++) {
      Round round = round();
      measured.add(round);
      System.out.printf(
          "decoder %s, vision tower %s, build %s%n",
          round.decoder.inWords(), round.tower.inWords(), round.build.inWords());
    }
    System.out.println(
        format("the slower of decoder and tower / build: %s", median(measured, Round::slower))
            + format("%nprocessor time of both / cores / build: %s", median(measured, Round::cores))
            + format("%nprocessor time of both / build's: %s", median(measured, Round::work)));
  }

  private Round round() throws IOException, InterruptedException {
    List<ModelPixels> prepared = new ArrayList<>();
    Usage decoder = measure(() -> prepare(prepared));
    Usage tower = measure(() -> encode(prepared));
    Path galleries = Files.createTempDirectory("heliograph-galleries-");
    try {
      return new Round(decoder, tower, measure(() -> build(galleries)));
    } finally {
      DurableFiles.delete(galleries);
    }
  }

  /** As many images at once as in a build. */
  private void prepare(List<ModelPixels> prepared) throws InterruptedException {
    try (PreparedImages source =
        new PreparedImages(images.names().iterator(), images, reader, preprocessor, LIMITS)) {
      for (int i = 0; i < images.names().size(); i++) {
        prepared.add(source.next().pixels().orElseThrow());
      }
    }
  }

  /** In a build's batches. */
  private void encode(List<ModelPixels> prepared) {
    for (int from = 0; from < prepared.size(); from += LIMITS.batch()) {
      model.encode(prepared.subList(from, Math.min(prepared.size(), from + LIMITS.batch())));
    }
  }

  private void build(Path galleries) throws InterruptedException {
    new GalleryBuilder(
            model, PREPROCESS, reader, preprocessor, LIMITS, "benchmark", Clock.systemUTC())
        .build(
            galleries, "built", images, GalleryStorage.DEFAULT, true, (done, total, skipped) -> {});
  }

  private static Usage measure(Work work) throws IOException, InterruptedException {
    Usage before = Usage.now();
    work.run();
    return before.until(Usage.now());
  }

  private static String median(List<Round> rounds, ToDoubleFunction<Round> ratio) {
    double[] sorted = rounds.stream().mapToDouble(ratio).sorted().toArray();
    return format(
        "%.0f %% (%s)",
        100 * sorted[sorted.length / 2],
        String.join(", ", Arrays.stream(sorted).mapToObj(r -> format("%.0f", 100 * r)).toList()));
  }
}
