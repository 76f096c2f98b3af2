package dev.heliograph.gallery;

import static java.lang.String.format;

import dev.heliograph.benchmark.Inputs;
import dev.heliograph.benchmark.Usage;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.pipeline.Thrown;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How near a build is to what bounds it. Each round reads and prepares the benchmark's images, each
 * several times; takes them through the vision tower, with as many threads as a build has; and
 * builds a gallery of them, without and with explanations. Decoder and tower overlap in a build, so
 * it cannot be faster than the slower of them; on a CPU they share its cores, so neither can it be
 * faster than the processor time of both, divided by the cores.
 */
public final class BuildLimitBenchmark {
  private static final PreprocessType PREPROCESS = PreprocessType.TARGETPAD;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final GalleryBuilder.Limits LIMITS =
      GalleryBuilder.Limits.forCpu(CORES, GalleryBuilding.THREADS);

  /** A real gallery is large: of 64 images the first batch and the last would be a good part. */
  private static final int TIMES = 4;

  private final OpenCvImageReader reader = new OpenCvImageReader();
  private final ImageFolder images =
      new Repeated(LocalImageFolder.open(Inputs.folder().resolve("images")), TIMES);
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

  /** The images of another folder, each several times. */
  private record Repeated(ImageFolder folder, int times) implements ImageFolder {
    @Override
    public URI root() {
      return folder.root();
    }

    @Override
    public List<String> names() {
      return IntStream.range(0, times)
          .boxed()
          .flatMap(time -> folder.names().stream().map(name -> time + "/" + name))
          .toList();
    }

    @Override
    public byte[] read(String name, long maxBytes) {
      return folder.read(name.substring(name.indexOf('/') + 1), maxBytes);
    }
  }

  /**
   * @param tower of two passes, before the build and after it: the machine's pace changes
   */
  private record Round(Usage decoder, Usage tower, Usage build, Usage explained) {
    double slower() {
      return Math.max(decoder.seconds(), tower.seconds()) / build.seconds();
    }

    double cores() {
      return (decoder.cpuSeconds() + tower.cpuSeconds()) / CORES / build.seconds();
    }

    double work() {
      return (decoder.cpuSeconds() + tower.cpuSeconds()) / build.cpuSeconds();
    }

    double explanations() {
      return explained.seconds() / build.seconds();
    }
  }

  /**
   * @param arguments how many rounds; 7 if there are none
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = arguments.length == 0 ? 7 : Integer.parseInt(arguments[0]);
    ClipModelConfig config =
        ClipModelConfig.builder(Inputs.folder().resolve("model"))
            .device(DeviceChoice.CPU)
            .threads(GalleryBuilding.THREADS)
            .build();
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
          "decoder %s, vision tower %s, build %s, with explanations %s%n",
          round.decoder.inWords(),
          round.tower.inWords(),
          round.build.inWords(),
          round.explained.inWords());
    }
    System.out.println(
        format("the slower of decoder and tower / build: %s", median(measured, Round::slower))
            + format("%nprocessor time of both / cores / build: %s", median(measured, Round::cores))
            + format("%nprocessor time of both / build's: %s", median(measured, Round::work))
            + format(
                "%nbuild with explanations / build: %s", median(measured, Round::explanations)));
  }

  private Round round() throws IOException, InterruptedException {
    List<ModelPixels> prepared = new ArrayList<>();
    Usage decoder = measure(() -> prepare(prepared));
    Usage before = measure(() -> encode(prepared));
    Path galleries = Files.createTempDirectory("heliograph-galleries-");
    try {
      Usage build = measure(() -> build(galleries, GalleryStorage.DEFAULT));
      Usage tower = before.mean(measure(() -> encode(prepared)));
      return new Round(
          decoder, tower, build, measure(() -> build(galleries, new GalleryStorage(true, false))));
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
  private void encode(List<ModelPixels> prepared) throws InterruptedException {
    ExecutorService encoders = Executors.newFixedThreadPool(LIMITS.encoders());
    try {
      List<Callable<List<float[]>>> batches = new ArrayList<>();
      for (int from = 0; from < prepared.size(); from += LIMITS.batch()) {
        int to = Math.min(prepared.size(), from + LIMITS.batch());
        List<ModelPixels> batch = prepared.subList(from, to);
        batches.add(() -> model.encode(batch));
      }
      for (Future<List<float[]>> encoded : encoders.invokeAll(batches)) {
        encoded.get();
      }
    } catch (ExecutionException e) {
      throw Thrown.by(e);
    } finally {
      encoders.shutdown();
    }
  }

  private void build(Path galleries, GalleryStorage storage) throws InterruptedException {
    new GalleryBuilder(
            model, PREPROCESS, reader, preprocessor, LIMITS, "benchmark", Clock.systemUTC())
        .build(galleries, "built", images, storage, true, (done, total, skipped) -> {});
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
