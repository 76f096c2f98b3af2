package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.config.Settings;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.messaging.QueryPublisher;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a worker that has answered one query of each outcome tells of it, in every way. */
class ObservabilityIT {
  private static final Path FILES = Path.of("../infra/observability");
  private static final String PARENT_SPAN = "00f067aa0ba902b7";

  /** Names in PromQL that are not metrics end with a parenthesis or stand in braces. */
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:heliograph|messaging|jvm|process|system)_[a-z0-9_]+)\\b");

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private static final ListAppender<ILoggingEvent> logs = new ListAppender<>();
  private static OpenTelemetrySdk telemetry;
  private static Worker worker;
  private static Map<String, QueryCompletion> completions;

  @BeforeAll
  static void answerOneQueryOfEachOutcome() throws Exception {
    logs.start();
    logger().addAppender(logs);
    fixture = WorkerFixture.start(folder);
    telemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    Map<String, String> flags = fixture.flags();
    flags.put("kafka.status-topic", WorkerFixture.STATUS_TOPIC);
    Settings settings = Settings.of(Optional.empty(), Map.of(), flags);
    worker = Worker.start(WorkerConfig.of(settings), Tracing.of(telemetry));

    QueryRequested late = event("expired");
    late.setDeadline(Instant.now().minusSeconds(1));
    QueryRequested lost = event("failed");
    lost.setGallery("nowhere");
    fixture.buildGallery("holes", WorkerFixture.MODEL, 3);
    Files.delete(fixture.pictures("holes").resolve("scene-01.jpg"));
    QueryRequested warned = QueryEvents.toEvent(query("warned").gallery("holes").topK(3).build());
    new BadQueries(fixture).publishRaw("garbage", "no event at all".getBytes(UTF_8));
    completions = ask(List.of(event("completed"), late, lost, warned));
    await()
        .atMost(WorkerFixture.PATIENCE)
        .until(() -> metrics().contains("heliograph_malformed_total 1.0"));
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("dev.heliograph");
  }

  private static QueryRequested event(String id) {
    return QueryEvents.toEvent(query(id).build());
  }

  private static Map<String, QueryCompletion> ask(List<QueryRequested> events) {
    try (CompletionReader reader =
            new CompletionReader(fixture.messaging(), SchemaIdResolver.none());
        QueryPublisher publisher =
            new QueryPublisher(fixture.messaging(), SchemaIdResolver.none())) {
      for (QueryRequested event : events) {
        publisher.publish(event, Optional.of(traceparent(event.getQueryId()))).join();
      }
      return reader.await(
          events.stream().map(QueryRequested::getQueryId).toList(), WorkerFixture.PATIENCE);
    }
  }

  private static String traceparent(String queryId) {
    return "00-" + traceId(queryId) + "-" + PARENT_SPAN + "-01";
  }

  private static String traceId(String queryId) {
    return "%032x".formatted(queryId.hashCode() & 0xffffffffL);
  }

  @AfterAll
  static void stop() {
    logger().detachAppender(logs);
    if (worker != null) {
      worker.close();
    }
    telemetry.close();
    fixture.close();
  }

  private static String metrics() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + worker.healthPort() + "/metrics");
    return new String(WorkerFixture.get(uri).body(), UTF_8);
  }

  @Test
  void everyMetricOfDashboardAndAlertsIsEmitted() throws Exception {
    await()
        .atMost(WorkerFixture.PATIENCE)
        .until(() -> metrics().contains("heliograph_backlog 0.0"));
    Set<String> emitted =
        metrics()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceFirst("[{ ].*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> expressions = expressions();
    assertTrue(expressions.size() > 35, expressions::toString);

    Set<String> used =
        expressions.stream()
            .flatMap(expression -> METRIC.matcher(withoutLabels(expression)).results())
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(used.size() > 20, used::toString);
    Set<String> missing = new TreeSet<>(used);
    missing.removeAll(emitted);
    missing.removeIf(name -> name.startsWith("heliograph_sealer_")); // SealerIT has these
    assertEquals(Set.of(), missing, () -> "used, and not among " + emitted);
  }

  private static String withoutLabels(String expression) {
    return expression.replaceAll("\\{[^}]*}", "").replaceAll("(by|on) \\([^)]*\\)", "");
  }

  private static List<String> expressions() throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectMapper yaml = new ObjectMapper(new com.fasterxml.jackson.dataformat.yaml.YAMLFactory());
    JsonNode dashboard =
        json.readTree(FILES.resolve("grafana/dashboards/heliograph.json").toFile());
    JsonNode alerts = yaml.readTree(FILES.resolve("alerts.yml").toFile());
    List<String> expressions = new ArrayList<>();
    dashboard.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
    dashboard.at("/templating/list").findValues("query").stream()
        .map(JsonNode::asText)
        .filter(text -> text.startsWith("label_values"))
        .forEach(expressions::add);
    alerts.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
    return expressions;
  }

  @Test
  void countsWhatHappened() throws Exception {
    String metrics = metrics();
    for (String line :
        List.of(
            "heliograph_queries_total{outcome=\"completed\"} 2.0",
            "heliograph_queries_total{outcome=\"failed\"} 1.0",
            "heliograph_queries_total{outcome=\"expired\"} 1.0",
            "heliograph_queries_total{outcome=\"cancelled\"} 0.0",
            "heliograph_failures_total{code=\"GALLERY_UNKNOWN\"} 1.0",
            "heliograph_failures_total{code=\"DEADLINE_EXCEEDED\"} 1.0",
            "heliograph_failures_total{code=\"MALFORMED_EVENT\"} 1.0",
            "heliograph_warnings_total{code=\"CANDIDATE_NOT_FOUND\"} 1.0",
            "messaging_client_consumed_messages_total 5.0",
            "heliograph_queue_age_seconds_count 5",
            "heliograph_stage_duration_seconds_count{stage=\"explain\"} 2",
            "heliograph_image_bytes 0.0",
            "heliograph_in_flight 0.0")) {
      assertTrue(metrics.contains(line), () -> line + " is not in\n" + metrics);
    }
    long stored =
        completions.values().stream()
            .flatMap(completion -> WorkerFixture.artifacts(completion).stream())
            .mapToLong(artifact -> artifact.getBytes())
            .sum();
    assertEquals(stored, (long) value(metrics, "heliograph_upload_bytes_total"));
    assertTrue(value(metrics, "heliograph_device_memory_used_bytes") > 1e7);
    // two answers, and what warmed the model up
    assertTrue(value(metrics, "heliograph_batch_size_sum{step=\"compose\"}") >= 2);
    assertTrue(
        metrics.contains(
            "messaging_process_duration_seconds_count{error_type=\"\","
                + "messaging_consumer_group_name=\"heliograph\","
                + "messaging_destination_name=\"cir.query.v1\","
                + "messaging_operation_name=\"process\",messaging_system=\"kafka\"} 2"),
        metrics);
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneTraceLeadsFromTheSenderThroughTheStagesToTheCompletion() {
    assertEquals(Outcome.COMPLETED, completions.get("completed").getOutcome());
    List<SpanData> trace = trace("completed");
    Map<String, SpanData> byName =
        trace.stream().collect(Collectors.toMap(SpanData::getName, Function.identity()));
    assertEquals(
        Set.of(
            "process cir.query.v1",
            "reference",
            "rank",
            "compose",
            "search",
            "candidates",
            "explain",
            "artifacts"),
        byName.keySet());
    SpanData process = byName.get("process cir.query.v1");
    assertEquals(PARENT_SPAN, process.getParentSpanId());
    assertEquals(
        "completed",
        process.getAttributes().get(AttributeKey.stringKey("messaging.kafka.message.key")));
    assertEquals(
        "COMPLETED", process.getAttributes().get(AttributeKey.stringKey("heliograph.outcome")));
    for (SpanData stage : trace) {
      if (stage != process) {
        assertEquals(process.getSpanId(), stage.getParentSpanId(), stage.getName());
        assertTrue(stage.getStartEpochNanos() <= stage.getEndEpochNanos(), stage.getName());
      }
    }
    assertEquals(
        "00-" + traceId("completed") + "-" + process.getSpanId() + "-01",
        header("completed", "traceparent"));
  }

  @Test
  void aFailedQuerysSpanHasItsCode() {
    SpanData process =
        trace("failed").stream()
            .filter(span -> span.getName().startsWith("process"))
            .findFirst()
            .orElseThrow();
    assertEquals(StatusData.error(), process.getStatus());
    assertEquals(
        "GALLERY_UNKNOWN", process.getAttributes().get(AttributeKey.stringKey("error.type")));
  }

  private static List<SpanData> trace(String queryId) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(traceId(queryId)))
        .toList();
  }

  private static String header(String queryId, String name) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", fixture.messaging().bootstrapServers());
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      String topic = fixture.messaging().topics().completions();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (new String(record.key(), UTF_8).equals(queryId)) {
            return new String(record.headers().lastHeader(name).value(), UTF_8);
          }
        }
      }
    }
    throw new AssertionError("no completion of " + queryId);
  }

  @Test
  void aLogLineSaysWhoseItIs() {
    ILoggingEvent line =
        List.copyOf(logs.list).stream()
            .filter(event -> event.getFormattedMessage().contains("is a dead letter"))
            .findFirst()
            .orElseThrow();
    assertEquals(Level.WARN, line.getLevel());
    assertEquals("garbage", line.getMDCPropertyMap().get("queryId"));
  }

  @Test
  void promtoolFindsNoFault() throws Exception {
    Optional<Path> promtool =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(directory -> Path.of(directory, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(promtool.isPresent(), "promtool is not on the path");
    for (List<String> arguments :
        List.of(
            List.of("check", "rules", "alerts.yml"), List.of("test", "rules", "alerts_test.yml"))) {
      List<String> command = new ArrayList<>(List.of(promtool.get().toString()));
      command.addAll(arguments);
      Process process =
          new ProcessBuilder(command).directory(FILES.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, process.waitFor(), output);
    }
  }
}
