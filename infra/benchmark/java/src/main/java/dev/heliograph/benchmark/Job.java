package dev.heliograph.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.gallery.ExplainedGallery;
import dev.heliograph.gallery.TorchDatabase;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.inference.Precision;
import dev.heliograph.query.Answer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The job that is compared: the inputs' queries. */
final class Job implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the queries search: {@code gallery.pt}, and the same with explanations. */
  private static final String ROWS = "rows";

  private static final String EXPLAINED_ROWS = "rows-explained";

  private static final String PREFIX = "queries";

  /** With files, and compared: an index explains the others too. */
  private static final int CANDIDATES = 3;

  private final Path inputs;
  private final Path out;
  private final int inFlight;
  private final Heliograph heliograph;
  private final List<JsonNode> queries;

  private Job(Path inputs, Path out, int inFlight, Heliograph heliograph, List<JsonNode> queries) {
    this.inputs = inputs;
    this.out = out;
    this.inFlight = inFlight;
    this.heliograph = heliograph;
    this.queries = queries;
  }

  /**
   * @param threads inside one operation, 0 for one per core
   */
  static Job open(
      Path inputs, Path out, int inFlight, int threads, boolean fastIngest, Precision precision)
      throws IOException {
    List<JsonNode> queries =
        List.of(JSON.readValue(inputs.resolve("queries.json").toFile(), JsonNode[].class));
    HeliographBuilder builder =
        Heliograph.builder(inputs.resolve("model"), inputs.resolve("phi.pt"))
            .device(DeviceChoice.CPU)
            .precision(precision)
            .galleries(galleries(inputs, out))
            .saveTo(out);
    if (fastIngest) {
      builder.fastIngest();
    }
    if (threads > 0) {
      builder.threads(threads);
    }
    return new Job(inputs, out, inFlight, builder.open(), queries);
  }

  /** The galleries that are searched, made if they are not there yet. */
  private static Path galleries(Path inputs, Path out) throws IOException {
    Path galleries = out.resolve("galleries");
    Path images = inputs.resolve("images");
    if (!Files.exists(galleries.resolve(ROWS).resolve("current"))) {
      TorchDatabase.open(inputs.resolve("gallery.pt"))
          .importInto(galleries, ROWS, Optional.of(images.toUri()), "benchmark", Clock.systemUTC());
    }
    if (!Files.exists(galleries.resolve(EXPLAINED_ROWS).resolve("current"))) {
      ClipModelConfig model = ClipModelConfig.builder(inputs.resolve("model")).build();
      try (ClipCompositionModel opened = ClipCompositionModel.open(model)) {
        ExplainedGallery.copy(galleries, ROWS, EXPLAINED_ROWS, images, opened);
      }
    }
    return galleries;
  }

  /**
   * Answers the first so many queries; the last one's answer is what both sides compare.
   *
   * @param explained whether the gallery has explanations
   */
  ObjectNode queries(int count, boolean files, boolean explained) throws IOException {
    Deque<CompletableFuture<QueryOutcome>> running = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      if (running.size() == inFlight) {
        answer(running.remove());
      }
      running.add(heliograph.submit(query(i, files, explained ? EXPLAINED_ROWS : ROWS)));
    }
    while (running.size() > 1) {
      answer(running.remove());
    }
    ObjectNode line = JSON.createObjectNode().put("queries", count);
    line.set("answer", describe(answer(running.remove())));
    return line;
  }

  private Query query(int i, boolean files, String gallery) throws IOException {
    JsonNode wanted = queries.get(i % queries.size());
    byte[] reference = Files.readAllBytes(inputs.resolve(wanted.get("reference").asText()));
    ArtifactRequest artifacts =
        files
            ? new ArtifactRequest(HeatmapFormat.PNG, ArrayFormat.NPY, Optional.of(PREFIX))
            : ArtifactRequest.NONE;
    return Query.builder(String.format(Locale.ROOT, "q%03d", i))
        .gallery(gallery)
        .reference(reference, "image/jpeg")
        .captions(wanted.get("caption").asText())
        .artifacts(artifacts)
        .build();
  }

  private static Answer answer(CompletableFuture<QueryOutcome> running) {
    QueryOutcome outcome = running.join();
    if (outcome instanceof QueryOutcome.Completed completed
        && completed.answer().warnings().isEmpty()) {
      return completed.answer();
    }
    throw new IllegalStateException("a query without a whole answer: " + outcome);
  }

  private static ObjectNode describe(Answer answer) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode names = node.putArray("names");
    ArrayNode scores = node.putArray("scores");
    ArrayNode candidateScores = node.putArray("candidate_scores");
    ArrayNode candidateGrids = node.putArray("candidate_grids");
    Saliency reference = answer.referenceSaliency().orElseThrow();
    node.put("reference_target", reference.explainedScore());
    putAll(node.putArray("reference_grid"), reference.map().grid());
    for (RankedImage image : answer.results()) {
      names.add(image.imageName());
      scores.add(image.similarity());
      image
          .saliency()
          .filter(saliency -> image.rank() <= CANDIDATES)
          .ifPresent(
              saliency -> {
                candidateScores.add(saliency.explainedScore());
                putAll(candidateGrids.addArray(), saliency.map().grid());
              });
    }
    node.set("timings", JSON.valueToTree(answer.timings()));
    return node;
  }

  private static void putAll(ArrayNode array, float[] values) {
    for (float value : values) {
      array.add(value);
    }
  }

  @Override
  public void close() {
    heliograph.close();
  }
}
