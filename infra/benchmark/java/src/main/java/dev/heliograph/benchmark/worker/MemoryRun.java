package dev.heliograph.benchmark.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.messaging.QueryPublisher;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many queries, all files written, and how much memory the worker holds meanwhile. They come in
 * portions, so that the files of one can be deleted before the next.
 */
final class MemoryRun {
  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int PORTION = 50;
  private static final int PARTS = 5;
  private static final String PREFIX = "queries";
  private static final String ROW =
      "| %5s | %9s | %5s | %9s | %5s | %5s | %13s | %9s | %13s | %12s | %s |%n";

  private final Surroundings surroundings;
  private final WorkerProcess worker;
  private final Path objects;
  private final JsonNode[] queries;
  private final String gallery;

  /**
   * @param objects the folder of the store's bucket
   */
  MemoryRun(
      Surroundings surroundings, WorkerProcess worker, Path inputs, Path objects, String gallery)
      throws IOException {
    this.surroundings = surroundings;
    this.worker = worker;
    this.objects = objects;
    this.gallery = gallery;
    this.queries =
        new ObjectMapper().readValue(inputs.resolve("queries.json").toFile(), JsonNode[].class);
    Path references = Files.createDirectories(objects.resolve("references"));
    try (Stream<Path> files = Files.list(inputs.resolve("references"))) {
      for (Path file : files.toList()) {
        Files.write(references.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  /** Prints a line for each fifth of the queries. */
  void print(int count) throws IOException, InterruptedException {
    System.out.printf("Ready: %s, native objects %s%n%n", worker.memory(), worker.nativeObjects());
    System.out.printf(
        ROW,
        "done",
        "s a query",
        "CPU",
        "RSS, MB",
        "anon",
        "file",
        "lowest–most",
        "peak (all)",
        "heap of limit",
        "direct, MB",
        "native objects");
    System.out.printf(ROW.replace("%5s", "---").replaceAll("%\\d*s", "---"));
    try (CompletionReader completions =
            new CompletionReader(surroundings.messaging(), SchemaIdResolver.none());
        QueryPublisher publisher =
            new QueryPublisher(surroundings.messaging(), SchemaIdResolver.none())) {
      for (int part = 0; part < PARTS; part++) {
        part(count * part / PARTS, count * (part + 1) / PARTS, publisher, completions);
      }
    }
  }

  private void part(int from, int to, QueryPublisher publisher, CompletionReader completions)
      throws IOException, InterruptedException {
    LongSummaryStatistics resident = new LongSummaryStatistics();
    long nanos = 0;
    Duration cpu = worker.cpu();
    for (int next = from; next < to; next += PORTION) {
      long start = System.nanoTime();
      answer(IntStream.range(next, Math.min(to, next + PORTION)), publisher, completions, resident);
      nanos += System.nanoTime() - start;
      delete(objects.resolve(PREFIX));
    }
    cpu = worker.cpu().minus(cpu);
    ResidentMemory memory = worker.memory();
    double megabyte = 1 << 20;
    String heap =
        String.format(
            "%.0f of %.0f",
            worker.metric("jvm_memory_committed_bytes{area=\"heap\"") / megabyte,
            worker.metric("jvm_memory_max_bytes{area=\"heap\"") / megabyte);
    System.out.printf(
        ROW,
        to,
        String.format("%.3f", nanos / 1e9 / (to - from)),
        String.format("%.2f", cpu.toNanos() / 1e9 / (to - from)),
        memory.total(),
        memory.anonymous(),
        memory.files(),
        resident.getMin() + "–" + resident.getMax(),
        memory.peak(),
        heap,
        String.format(
            "%.0f", worker.metric("jvm_buffer_memory_used_bytes{id=\"direct\"") / megabyte),
        worker.nativeObjects());
  }

  private void answer(
      IntStream numbers,
      QueryPublisher publisher,
      CompletionReader completions,
      LongSummaryStatistics resident)
      throws IOException, InterruptedException {
    List<QueryRequested> events = numbers.mapToObj(this::query).map(QueryEvents::toEvent).toList();
    List<CompletableFuture<?>> published = new ArrayList<>();
    events.forEach(event -> published.add(publisher.publish(event, Optional.empty())));
    published.forEach(CompletableFuture::join);
    CompletableFuture<Map<String, QueryCompletion>> answers =
        CompletableFuture.supplyAsync(
            () ->
                completions.await(
                    events.stream().map(QueryRequested::getQueryId).toList(), PATIENCE));
    while (!answers.isDone()) {
      resident.accept(worker.memory().total());
      Thread.sleep(LOOK.toMillis());
    }
    answers.join().values().forEach(MemoryRun::check);
    if (answers.join().size() < events.size()) {
      throw new IllegalStateException("some queries are not answered");
    }
  }

  private Query query(int number) {
    JsonNode wanted = queries[number % queries.length];
    return Query.builder("q" + number)
        .gallery(gallery)
        .reference(
            URI.create("s3://" + Surroundings.BUCKET + "/" + wanted.get("reference").asText()))
        .captions(wanted.get("caption").asText())
        .artifacts(new ArtifactRequest(HeatmapFormat.PNG, ArrayFormat.NPY, Optional.of(PREFIX)))
        .build();
  }

  private static void check(QueryCompletion completion) {
    if (completion.getOutcome() != Outcome.COMPLETED || !completion.getWarnings().isEmpty()) {
      throw new IllegalStateException("a query without a whole answer: " + completion);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
