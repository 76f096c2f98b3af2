package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers come and go while there is work. */
class ScaleOutIT {
  private static final Logger LOG = LoggerFactory.getLogger(ScaleOutIT.class);
  private static final int QUERIES = FaultSize.of(120, 1_000);
  private static final int MOST = 3;

  /** There are two. */
  private static final int MORE_THAN_PARTITIONS = 6;

  @TempDir private Path folder;

  @Test
  void scalingFromOneToThreeAndBackLosesNothing() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      Set<String> queries = new TreeSet<>(bench.publish("one", QUERIES / 4));
      bench.fleet().scaleTo(1);
      bench.run(new FaultSchedule(), () -> bench.completions().answered() > 0);
      bench.fleet().scaleTo(MOST);
      bench.awaitWorkers(MOST);
      queries.addAll(bench.publish("three", QUERIES * 3 / 4));
      bench.run(
          new FaultSchedule()
              .after(QUERIES / 2, Duration.ZERO, "to 1", () -> bench.fleet().scaleTo(1)),
          queries);
      bench.stop();

      assertEquals(List.of(0, 0, 0), bench.fleet().stops());
      bench.assertAllAnswered(queries);
      bench.assertNoDuplicates();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
    }
  }

  @Test
  void moreWorkersThanPartitionsAllTakeFromAQueue() throws Exception {
    try (WorkerFixture fixture = FaultBench.soonFixture(folder);
        FaultBench bench = FaultBench.around(folder, fixture, FaultBench.QUEUE)) {
      bench.fleet().scaleTo(MORE_THAN_PARTITIONS);
      bench.awaitWorkers(MORE_THAN_PARTITIONS);
      Set<String> queries = bench.publish("queue", QUERIES);
      bench.run(new FaultSchedule(), queries);
      bench.stop();

      bench.assertAllAnswered(queries);
      bench.assertDuplicatesShareTheirId();
      bench.assertAllCompleted();
      Map<String, Long> shares =
          bench.completions().first().stream()
              .collect(
                  Collectors.groupingBy(
                      completion -> completion.getProvenance().getWorker(),
                      TreeMap::new,
                      Collectors.counting()));
      LOG.info("answered by each worker: {}", shares);
      assertEquals(MORE_THAN_PARTITIONS, shares.size(), shares::toString);
    }
  }
}
