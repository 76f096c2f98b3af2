package dev.heliograph.pipeline;

import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the pipeline itself takes of a query: its stages do nothing, so all that is left is queues,
 * futures, reservations, hand-overs between threads and the answer's assembly. A query has a
 * reference, ten results, maps of the reference and of three candidates, and nine files.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PipelineBenchmark extends StageBenchmark {
  private static final int QUEUED = 100;
  private static final int SIDE = 4;
  private static final byte[] NOTHING = new byte[0];
  private static final ModelPixels PIXELS =
      new ModelPixels(
          new byte[3 * SIDE * SIDE], ImageGeometry.plan(SIDE, SIDE, SIDE, PreprocessType.CLIP));
  private static final PatchRelevance RELEVANCE =
      new PatchRelevance(2, 2, new float[] {0, 1, 2, 3}, 0.5f);

  private final Query query =
      Query.builder("query")
          .gallery("rows")
          .reference(new byte[1], "image/jpeg")
          .captions("is red")
          .artifacts(ArtifactRequest.DEFAULT)
          .build();

  private @Nullable QueryPipeline pipeline;

  @Setup
  public void open() {
    PipelinePorts ports =
        new PipelinePorts(
            new Model(),
            reference -> new Rows(),
            (uri, limit) -> NOTHING,
            (uri, limit) -> NOTHING,
            new Reader(),
            image -> PIXELS,
            new Renderer(),
            new Store(),
            (answered, answer) -> new EncodedObject(NOTHING, "application/json"),
            ByteArrays.NEW);
    WorkerIdentity worker = new WorkerIdentity("benchmark", "0");
    pipeline = new QueryPipeline(ports, PipelineConfig.defaults(), worker, Clock.systemUTC());
  }

  @Benchmark
  public QueryOutcome alone() {
    return completed(submit());
  }

  /** Per query. */
  @Benchmark
  @OperationsPerInvocation(QUEUED)
  public List<QueryOutcome> queued() {
    List<CompletableFuture<QueryOutcome>> running =
        IntStream.range(0, QUEUED).mapToObj(i -> submit()).toList();
    return running.stream().map(PipelineBenchmark::completed).toList();
  }

  private CompletableFuture<QueryOutcome> submit() {
    return Objects.requireNonNull(pipeline, "not set up").submit(query);
  }

  private static QueryOutcome completed(CompletableFuture<QueryOutcome> running) {
    QueryOutcome outcome = running.join();
    if (outcome instanceof QueryOutcome.Completed completed
        && completed.answer().warnings().isEmpty()) {
      return outcome;
    }
    throw new IllegalStateException("a query without a whole answer: " + outcome);
  }

  @TearDown
  public void close() {
    Objects.requireNonNull(pipeline, "not set up").close();
  }

  private static final class Reader implements ImageReader {
    @Override
    public long pixels(byte[] bytes, long maxPixels) {
      return (long) SIDE * SIDE;
    }

    @Override
    public RgbImage read(byte[] bytes, long maxPixels) {
      return new RgbImage(SIDE, SIDE, new byte[3 * SIDE * SIDE]);
    }
  }

  private static final class Renderer implements SaliencyRenderer {
    @Override
    public EncodedObject heatmap(RgbImage original, SaliencyMap map, HeatmapFormat format) {
      return new EncodedObject(NOTHING, format.mediaType());
    }

    @Override
    public EncodedObject array(SaliencyMap map, ArrayFormat format) {
      return new EncodedObject(NOTHING, format.mediaType());
    }
  }

  private static final class Store implements ObjectStore {
    @Override
    public Artifact put(String key, EncodedObject object) {
      URI uri = URI.create("s3://artifacts/" + key);
      return new Artifact(uri, uri, "0".repeat(64), 0, object.mediaType());
    }

    @Override
    public void close() {}
  }

  private static final class Model implements CompositionModel {
    @Override
    public ModelDescription description() {
      return new ModelDescription("none", "1", "2", "searle", SIDE, 2, 2, "cpu", "float32");
    }

    @Override
    public Prompts tokenize(List<String> captions) {
      return new Prompts(List.of(new int[] {1}));
    }

    @Override
    public List<Composition> compose(List<CompositionRequest> batch) {
      return batch.stream()
          .map(
              r ->
                  new Composition(
                      new float[] {1, 0}, 3f, r.referenceSaliency().map(m -> RELEVANCE)))
          .toList();
    }

    @Override
    public List<PatchRelevance> explain(List<CandidateRequest> batch) {
      return Stream.generate(() -> RELEVANCE).limit(batch.size()).toList();
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static final class Rows implements Gallery {
    private static final int SIZE = 20;

    @Override
    public GalleryDescription description() {
      return new GalleryDescription(
          "rows",
          "1",
          "0",
          SIZE,
          2,
          "none",
          Optional.of("1"),
          PreprocessType.CLIP,
          Optional.of(URI.create("file:///images/")));
    }

    @Override
    public List<List<Hit>> search(List<float[]> queryFeatures, List<Integer> topK) {
      return topK.stream()
          .map(k -> IntStream.range(0, k).mapToObj(i -> new Hit(i, 1f - i / 100f)).toList())
          .toList();
    }

    @Override
    public Optional<SaliencyMap> explain(int index, float[] queryFeature) {
      return Optional.empty();
    }

    @Override
    public String imageName(int index) {
      return "image-" + index + ".jpg";
    }

    @Override
    public Optional<URI> imageUri(int index) {
      return Optional.of(URI.create("file:///images/" + imageName(index)));
    }
  }
}
