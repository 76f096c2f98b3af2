package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.LoopbackProxy.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker is taken for dead in the middle of its work, and comes back with what it held: it was
 * suspended, or cut off from the broker, for longer than sessions and locks last.
 */
class ZombieWorkerIT {
  private static final int ZOMBIE = 1;
  private static final int WORKERS = 2;

  /** Enough that each worker has its hands full when it happens. */
  private static final int QUERIES = FaultSize.of(50, 150);

  private static final int ROUNDS = FaultSize.of(1, 4);
  private static final Duration AWAY = Duration.ofMillis(FaultSize.of(7_500, 15_000));

  @TempDir private Path folder;

  @Test
  void cannotPublishWhatOthersHaveAnswered() throws Exception {
    try (ProxiedBroker broker = ProxiedBroker.start(FaultBench.SOON);
        WorkerFixture fixture = WorkerFixture.start(folder, broker, broker.bootstrapServers());
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      Set<String> queries = comeBack(bench, broker);

      bench.assertAllAnswered(queries);
      bench.assertNoDuplicates();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
    }
  }

  @Test
  void ofAQueuePublishesAtMostDuplicates() throws Exception {
    try (ProxiedBroker broker = ProxiedBroker.start(FaultBench.SOON);
        WorkerFixture fixture = WorkerFixture.start(folder, broker, broker.bootstrapServers());
        FaultBench bench = FaultBench.around(folder, fixture, FaultBench.QUEUE)) {
      Set<String> queries = comeBack(bench, broker);

      bench.assertAllAnswered(queries);
      bench.assertDuplicatesShareTheirId();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
    }
  }

  private static Set<String> comeBack(FaultBench bench, ProxiedBroker broker) throws Exception {
    String proxied = broker.proxy().uri().getAuthority();
    bench.fleet().differ(ZOMBIE, Map.of("kafka.bootstrap-servers", proxied));
    bench.fleet().scaleTo(WORKERS);
    Set<String> queries = new TreeSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      queries.addAll(bench.publish("suspended-" + round, QUERIES));
      awaitItsWork(bench, "suspended-" + round);
      bench.run(
          new FaultSchedule()
              .then(Duration.ZERO, "suspended", () -> bench.fleet().suspend(ZOMBIE))
              .then(AWAY, "resumed", bench.fleet()::resume),
          queries);
      queries.addAll(bench.publish("cut-off-" + round, QUERIES));
      awaitItsWork(bench, "cut-off-" + round);
      bench.run(
          new FaultSchedule()
              .then(Duration.ZERO, "cut off", () -> broker.proxy().inject(Fault.HANG))
              .then(AWAY, "connected again", () -> broker.proxy().inject(Fault.NONE)),
          queries);
    }
    bench.stop();
    assertTrue(broker.proxy().harmed() > 0, "nothing was cut off");
    return queries;
  }

  /** It has answered one of these queries, and so has others in its hands. */
  private static void awaitItsWork(FaultBench bench, String prefix) throws Exception {
    bench.run(
        new FaultSchedule(), () -> bench.completions().hasAnswerOf("worker-" + ZOMBIE, prefix));
  }
}
