package dev.heliograph.messaging;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The largest event: a completion with ten results, four of them with maps and files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
  private static final int PATCHES = 7;
  private static final String SHA256 = "0".repeat(64);

  private final QueryOutcome outcome = outcome();
  private final EventEncoder<QueryCompletion> encoder =
      EventEncoder.of(QueryCompletion.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none());
  private final EventDecoder<QueryCompletion> decoder =
      new EventDecoder<>(QueryCompletion.class, SchemaIdResolver.none());
  private final byte[] bytes = encoder.encode(CompletionEvents.toEvent(outcome));

  @Benchmark
  public byte[] encode() {
    return encoder.encode(CompletionEvents.toEvent(outcome));
  }

  @Benchmark
  public QueryCompletion decode() throws MalformedEventException {
    return decoder.decode(bytes);
  }

  private static QueryOutcome outcome() {
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    Query query =
        Query.builder("query")
            .gallery("gallery")
            .reference(URI.create("s3://bucket/reference.jpg"))
            .captions("is red")
            .submittedAt(now)
            .build();
    List<RankedImage> results = IntStream.rangeClosed(1, 10).mapToObj(rank -> image(rank)).toList();
    Provenance provenance =
        new Provenance(
            "ViT-B/32",
            SHA256,
            SHA256,
            "searle",
            PreprocessType.TARGETPAD,
            "gallery",
            "20261124T000000Z-00000000",
            SHA256,
            30_000,
            "worker-1",
            "1.0.0",
            "cpu",
            "float32");
    Answer answer =
        new Answer(
            results,
            Optional.of(saliency()),
            List.of(),
            Optional.of(artifact("results.json")),
            provenance,
            Map.of("reference", 90.0, "rank", 100.0, "explain", 150.0, "total", 700.0));
    return new QueryOutcome.Completed(query, answer, now, now);
  }

  private static RankedImage image(int rank) {
    String name = "image-" + rank + ".jpg";
    return new RankedImage(
        rank,
        name,
        Optional.of(URI.create("s3://gallery/" + name)),
        1f / rank,
        rank <= 3 ? Optional.of(saliency()) : Optional.empty());
  }

  private static Saliency saliency() {
    SaliencyMap map =
        new SaliencyMap(
            SaliencyMethod.EXACT,
            PATCHES,
            PATCHES,
            new float[PATCHES * PATCHES],
            ImageGeometry.plan(3016, 3080, 224, PreprocessType.TARGETPAD));
    return new Saliency(
        map, 0.3f, 0.3f, Optional.of(artifact("heatmap.png")), Optional.of(artifact("map.npy")));
  }

  private static Artifact artifact(String file) {
    return new Artifact(
        URI.create("s3://artifacts/2026/11/24/query/" + file),
        URI.create("https://artifacts.example.org/2026/11/24/query/" + file),
        SHA256,
        12_000_000,
        "application/octet-stream");
  }
}
