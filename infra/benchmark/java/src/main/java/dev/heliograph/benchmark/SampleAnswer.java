package dev.heliograph.benchmark;

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
import java.util.Random;
import java.util.stream.IntStream;

/** A large answer: ten results, and four maps of 7 × 7 with files; numbers are random, seeded. */
public final class SampleAnswer {
  private static final int PATCHES = 7;
  private static final String SHA256 = "0".repeat(64);
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final ImageGeometry GEOMETRY =
      ImageGeometry.plan(3016, 3080, 224, PreprocessType.TARGETPAD);

  private final Random random = new Random(1);

  private SampleAnswer() {}

  /** A query and its answer. */
  public static QueryOutcome.Completed completed() {
    Query query =
        Query.builder("query")
            .gallery("gallery")
            .reference(URI.create("s3://bucket/reference.jpg"))
            .captions("is red")
            .submittedAt(NOW)
            .build();
    return new QueryOutcome.Completed(query, new SampleAnswer().answer(), NOW, NOW);
  }

  private Answer answer() {
    return new Answer(
        IntStream.rangeClosed(1, 10).mapToObj(this::image).toList(),
        Optional.of(saliency()),
        List.of(),
        Optional.of(artifact("results.json")),
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
            "float32"),
        Map.of("reference", 90.0, "rank", 100.0, "explain", 150.0, "total", 700.0));
  }

  private RankedImage image(int rank) {
    String name = "image-" + rank + ".jpg";
    return new RankedImage(
        rank,
        name,
        Optional.of(URI.create("s3://gallery/" + name)),
        random.nextFloat(),
        rank <= 3 ? Optional.of(saliency()) : Optional.empty());
  }

  private Saliency saliency() {
    float[] grid = new float[PATCHES * PATCHES];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = random.nextFloat();
    }
    int number = random.nextInt(Integer.MAX_VALUE);
    return new Saliency(
        new SaliencyMap(SaliencyMethod.EXACT, PATCHES, PATCHES, grid, GEOMETRY),
        random.nextFloat(),
        random.nextFloat(),
        Optional.of(artifact(number + "_heatmap.png")),
        Optional.of(artifact(number + "_map.npy")));
  }

  private static Artifact artifact(String file) {
    URI uri = URI.create("s3://artifacts/2026/11/24/query/" + file);
    return new Artifact(uri, uri, SHA256, 12_000_000, "application/octet-stream");
  }
}
