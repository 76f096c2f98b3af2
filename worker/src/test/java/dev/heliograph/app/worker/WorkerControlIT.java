package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.PATIENCE;
import static dev.heliograph.app.worker.WorkerFixture.query;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryState;
import dev.heliograph.events.QueryStatus;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.QueryEvents;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cancelling queries and following them, over Kafka's protocol. */
class WorkerControlIT {
  @TempDir private static Path folder;
  private static WorkerFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = WorkerFixture.start(folder);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aQueryCancelledBeforeTheWorkerStartsIsNotAnswered() throws Exception {
    List<String> ids = List.of("wanted", "unwanted", "other");
    try (CompletionReader reader =
        new CompletionReader(fixture.messaging(), SchemaIdResolver.none())) {
      Instant before = Instant.now().minusSeconds(60);
      fixture.publish(
          ids.stream()
              .map(id -> QueryEvents.toEvent(query(id).submittedAt(before).build()))
              .toList());
      assertEquals(0, cancel("unwanted", "never-seen"));

      try (Worker worker = startWorker()) {
        Map<String, QueryCompletion> completions = reader.await(ids, PATIENCE);
        assertEquals(Outcome.COMPLETED, completions.get("wanted").getOutcome());
        assertEquals(Outcome.COMPLETED, completions.get("other").getOutcome());
        QueryCompletion cancelled = completions.get("unwanted");
        assertEquals(Outcome.CANCELLED, cancelled.getOutcome());
        assertEquals("CANCELLED", cancelled.getFailure().getCode());
        String message = cancelled.getFailure().getMessage();
        assertTrue(message.endsWith(": the test says so"), message);
        assertEquals(0, WorkerFixture.artifacts(cancelled).size());
        String metrics = metrics(worker);
        assertTrue(
            metrics.contains("heliograph_queries_total{outcome=\"cancelled\"} 1.0"), metrics);
        assertTrue(
            metrics.contains("heliograph_status_events_total{result=\"dropped\"} 0.0"), metrics);
      }
    }

    assertEquals(
        List.of(QueryState.ACCEPTED, QueryState.STARTED, QueryState.RANKED, QueryState.COMPLETED),
        states("wanted"));
    List<QueryState> unwanted = states("unwanted");
    assertEquals(QueryState.ACCEPTED, unwanted.get(0));
    assertEquals(QueryState.CANCELLED, unwanted.get(unwanted.size() - 1));
  }

  @Test
  void invalidQueriesHaveAStatusToo() throws Exception {
    try (Worker worker = startWorker()) {
      QueryCompletion completion = fixture.ask(query("unknown").gallery("nowhere").build());
      assertEquals("GALLERY_UNKNOWN", completion.getFailure().getCode());
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> states("unknown").contains(QueryState.FAILED));
      assertTrue(worker.isRunning());
    }
  }

  private static Worker startWorker() throws Exception {
    Map<String, String> flags = fixture.flags();
    flags.put("kafka.status-topic", WorkerFixture.STATUS_TOPIC);
    return WorkerFixture.startWorker(flags);
  }

  private static int cancel(String... ids) {
    List<String> arguments = new ArrayList<>(List.of("cancel", "--reason", "the test says so"));
    arguments.addAll(
        List.of("--set", "kafka.bootstrap-servers=" + fixture.messaging().bootstrapServers()));
    arguments.addAll(List.of(ids));
    return HeliographCommand.commandLine().execute(arguments.toArray(String[]::new));
  }

  private static String metrics(Worker worker) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + worker.healthPort() + "/metrics");
    return new String(WorkerFixture.get(uri).body(), StandardCharsets.UTF_8);
  }

  private static List<QueryState> states(String queryId) throws Exception {
    EventDecoder<QueryStatus> decoder =
        new EventDecoder<>(QueryStatus.class, SchemaIdResolver.none());
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    Map<String, Object> config =
        Map.of("bootstrap.servers", fixture.messaging().bootstrapServers());
    List<QueryState> states = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(WorkerFixture.STATUS_TOPIC).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .collect(Collectors.toList());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          QueryStatus status = decoder.decode(record.value());
          if (status.getQueryId().equals(queryId)) {
            states.add(status.getState());
          }
        }
      }
    }
    return states;
  }
}
