package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.Main;
import dev.heliograph.events.Artifact;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker in a process of its own, which is killed, started again and told to stop. */
class WorkerProcessIT {
  private static final int QUERIES = 30;
  private static final int MAPS = 12;

  /** Enough work for a kill to come in the middle of it. */
  private static final SaliencyRequest MANY_MAPS =
      new SaliencyRequest(true, MAPS, SaliencyMethod.EXACT);

  @TempDir private Path folder;

  @Test
  void answersEachQueryOnceAcrossAKillAndStopsWithStatusZero() throws Exception {
    List<String> ids = IntStream.range(10, 10 + QUERIES).mapToObj(i -> "query-" + i).toList();
    try (WorkerFixture fixture = WorkerFixture.start(folder)) {
      fixture.publish(
          ids.stream()
              .map(id -> query(id).topK(MAPS).saliency(MANY_MAPS).build())
              .map(QueryEvents::toEvent)
              .toList());

      Process first = startWorker(fixture, "first.log");
      try {
        awaitCompletions(fixture, first, 3);
      } finally {
        first.destroyForcibly().waitFor();
      }
      int before = committed(fixture.messaging()).size();
      assertTrue(before < QUERIES, "all were answered before the kill");

      Process second = startWorker(fixture, "second.log");
      try {
        awaitCompletions(fixture, second, QUERIES);
        second.destroy();
        assertTrue(second.waitFor(60, TimeUnit.SECONDS), "still runs a minute after SIGTERM");
      } finally {
        second.destroyForcibly().waitFor();
      }
      String log = Files.readString(folder.resolve("second.log"));
      assertEquals(0, second.exitValue(), log);
      assertTrue(log.contains("Stopped"), log);
      assertFalse(log.contains(fixture.flags().get("store.secret-key")), "tells the secret key");

      List<QueryCompletion> completions = committed(fixture.messaging());
      assertEquals(ids, completions.stream().map(QueryCompletion::getQueryId).sorted().toList());
      for (QueryCompletion completion : completions) {
        assertEquals(Outcome.COMPLETED, completion.getOutcome());
        assertEquals(1 + 2 * (1 + MAPS), WorkerFixture.artifacts(completion).size());
        for (Artifact artifact : WorkerFixture.artifacts(completion)) {
          WorkerFixture.fetch(artifact);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transactional", "queue"})
  void aSecondSignalHurriesAndTheRestIsAnsweredByTheNextWorker(String delivery) throws Exception {
    List<String> ids = IntStream.range(10, 10 + QUERIES).mapToObj(i -> "query-" + i).toList();
    try (WorkerFixture fixture = WorkerFixture.start(folder)) {
      fixture.publish(
          ids.stream()
              .map(id -> query(id).topK(MAPS).saliency(MANY_MAPS).build())
              .map(QueryEvents::toEvent)
              .toList());
      Process first = startWorker(fixture, "first.log", delivery);
      try {
        awaitCompletions(fixture, first, 1);
        first.destroy();
        awaitLog("first.log", "Stopping: ", first);
        first.destroy();
        assertTrue(first.waitFor(60, TimeUnit.SECONDS), "still runs a minute after SIGTERM");
      } finally {
        first.destroyForcibly().waitFor();
      }
      String log = Files.readString(folder.resolve("first.log"));
      assertEquals(0, first.exitValue(), log);
      assertTrue(log.contains("Stopped"), log);

      Process second = startWorker(fixture, "second.log", delivery);
      try {
        awaitCompletions(fixture, second, QUERIES);
      } finally {
        second.destroyForcibly().waitFor();
      }
      assertEquals(
          ids,
          committed(fixture.messaging()).stream()
              .map(QueryCompletion::getQueryId)
              .distinct()
              .sorted()
              .toList());
    }
  }

  private void awaitLog(String log, String text, Process worker) {
    await()
        .atMost(WorkerFixture.PATIENCE)
        .until(() -> Files.readString(folder.resolve(log)).contains(text) || !worker.isAlive());
  }

  private Process startWorker(WorkerFixture fixture, String log) throws IOException {
    return startWorker(fixture, log, "transactional");
  }

  private Process startWorker(WorkerFixture fixture, String log, String delivery)
      throws IOException {
    Map<String, String> flags = fixture.flags();
    flags.put("worker.in-flight", "4");
    flags.put("delivery", delivery);
    flags.put("kafka.group", delivery);
    if (delivery.equals("transactional")) {
      // the broker waits so long for a worker that was killed; of a share group it decides alone
      flags.put("kafka.property.session.timeout.ms", "6000");
      flags.put("kafka.property.heartbeat.interval.ms", "1500");
    }
    String secret = flags.remove("store.secret-key");
    List<String> arguments = new ArrayList<>(List.of("worker"));
    flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    return JavaProcess.start(
        List.of("-Xmx1g"),
        Main.class,
        arguments,
        Map.of("HELIOGRAPH_STORE_SECRET_KEY", secret),
        folder.resolve(log));
  }

  private static void awaitCompletions(WorkerFixture fixture, Process worker, int count) {
    await()
        .atMost(WorkerFixture.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              assertTrue(worker.isAlive(), "the worker has ended");
              return committed(fixture.messaging()).size() >= count;
            });
  }

  /** What read-committed readers find in the topic of completions. */
  private static List<QueryCompletion> committed(MessagingConfig messaging) {
    try (CompletionLog completions = new CompletionLog(messaging)) {
      completions.readToEnd();
      return completions.all();
    }
  }
}
