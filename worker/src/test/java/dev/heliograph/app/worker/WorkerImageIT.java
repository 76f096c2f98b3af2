package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.Artifact;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.DockerEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image of the worker: a query in, artifacts out, and what an operator does to containers. */
class WorkerImageIT {
  private static final int QUERIES = 12;
  private static final int MAPS = 12;

  @TempDir private Path folder;

  @BeforeAll
  static void requireEngine() {
    DockerEngine.require();
  }

  @Test
  void answersUnprivilegedWithoutUnpackingAndStopsWithStatusZero() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(readable(folder));
        WorkerContainer worker = startWorker(fixture)) {
      QueryCompletion completion = fixture.ask(query("in-a-container").build());

      assertEquals(Outcome.COMPLETED, completion.getOutcome());
      assertTrue(WorkerFixture.artifacts(completion).size() >= 3);
      for (Artifact artifact : WorkerFixture.artifacts(completion)) {
        WorkerFixture.fetch(artifact);
      }
      await().atMost(WorkerFixture.PATIENCE).until(worker::isHealthy);
      assertNotEquals("0", worker.run("id", "-u").strip());
      assertEquals("", worker.run("sh", "-c", "touch /app/x && echo written"));
      assertEquals("", worker.run("find", "/tmp", "-type", "f", "-name", "*.so*"));
      System.out.printf(
          "Image %s: %d MB, user %s, root file system read-only%n",
          WorkerContainer.image(), worker.imageSize() >> 20, worker.run("id", "-un").strip());

      assertEquals(0, worker.stop(), worker.log());
      assertTrue(worker.log().contains("Stopped"), worker.log());
      assertFalse(worker.log().contains(fixture.flags().get("store.secret-key")));
    }
  }

  @Test
  void losesNothingWhenItsContainerIsKilled() throws Exception {
    List<String> ids = IntStream.range(10, 10 + QUERIES).mapToObj(i -> "query-" + i).toList();
    SaliencyRequest manyMaps = new SaliencyRequest(true, MAPS, SaliencyMethod.EXACT);
    try (WorkerFixture fixture = WorkerFixture.start(readable(folder))) {
      fixture.publish(
          ids.stream()
              .map(id -> QueryEvents.toEvent(query(id).topK(MAPS).saliency(manyMaps).build()))
              .toList());
      try (WorkerContainer first = startWorker(fixture)) {
        awaitCompletions(fixture, first, 2);
        first.kill();
      }
      try (WorkerContainer second = startWorker(fixture)) {
        awaitCompletions(fixture, second, QUERIES);
      }
      assertEquals(
          ids, fixture.committed().stream().map(QueryCompletion::getQueryId).sorted().toList());
    }
  }

  private static void awaitCompletions(WorkerFixture fixture, WorkerContainer worker, int count) {
    await()
        .atMost(WorkerFixture.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertTrue(worker.isRunning(), worker::log);
              return fixture.committed().size() >= count;
            });
  }

  private WorkerContainer startWorker(WorkerFixture fixture) throws IOException {
    Map<String, String> flags = fixture.flags();
    flags.put("http.port", Integer.toString(freePort()));
    flags.put("worker.in-flight", "4");
    // the broker waits so long for a worker that was killed
    flags.put("kafka.property.session.timeout.ms", "6000");
    flags.put("kafka.property.heartbeat.interval.ms", "1500");
    return WorkerContainer.start(flags, List.of(folder, WorkerFixture.MODEL));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The image's user is none of this machine's. */
  private static Path readable(Path folder) throws IOException {
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
