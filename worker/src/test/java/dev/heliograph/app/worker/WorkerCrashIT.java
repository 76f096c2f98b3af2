package dev.heliograph.app.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers are killed, again and again, in the middle of their work. */
class WorkerCrashIT {
  private static final int WORKERS = 3;
  private static final int QUERIES = FaultSize.of(80, 500);
  private static final int KILLS = FaultSize.of(2, 12);

  /** Kills come once workers have answered something, and at any moment after that. */
  private static final int MAX_DELAY_MILLIS = 3_000;

  @TempDir private Path folder;

  @Test
  void eachQueryIsAnsweredOnceWhoeverIsKilled() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      assertAnsweredOnce(bench, crash(bench));
    }
  }

  @Test
  void eachQueryIsAnsweredByAQueueWhoeverIsKilled() throws Exception {
    try (WorkerFixture fixture = FaultBench.soonFixture(folder);
        FaultBench bench = FaultBench.around(folder, fixture, FaultBench.QUEUE)) {
      Set<String> queries = crash(bench);

      bench.assertAllAnswered(queries);
      bench.assertDuplicatesShareTheirId();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
    }
  }

  @Test
  void eachQueryIsAnsweredOnceThoughTheBrokerAssigns() throws Exception {
    try (WorkerFixture fixture = FaultBench.soonFixture(folder);
        FaultBench bench = FaultBench.around(folder, fixture, FaultBench.BROKER_ASSIGNS)) {
      assertAnsweredOnce(bench, crash(bench));
    }
  }

  private static void assertAnsweredOnce(FaultBench bench, Set<String> queries) throws Exception {
    bench.assertAllAnswered(queries);
    bench.assertNoDuplicates();
    bench.assertAllCompleted();
    bench.assertFilesAreAsStated();
  }

  private static Set<String> crash(FaultBench bench) throws Exception {
    Set<String> queries = bench.publish("crash", QUERIES);
    Random random = new Random(FaultSize.SEED);
    FaultSchedule schedule = new FaultSchedule();
    for (int kill = 0; kill < KILLS; kill++) {
      schedule.after(
          QUERIES * (kill + 1) / (KILLS + 2),
          Duration.ofMillis(random.nextInt(MAX_DELAY_MILLIS)),
          "kill -9",
          () -> bench.fleet().killOne(random));
    }
    bench.fleet().scaleTo(WORKERS);
    bench.run(schedule, queries);
    bench.stop();
    return queries;
  }
}
