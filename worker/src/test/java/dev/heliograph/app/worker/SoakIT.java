package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker, and a long queue before it. */
class SoakIT {
  private static final Logger LOG = LoggerFactory.getLogger(SoakIT.class);
  private static final int QUERIES = FaultSize.of(800, 10_000);
  private static final int WINDOWS = 5;
  private static final long MAX_GROWTH_MEGABYTES = 80;

  @TempDir private Path folder;

  @Test
  void staysTheSameSizeHoweverLongTheQueue() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "resident memory is read on Linux");
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      Set<String> queries = bench.publish("soak", QUERIES);
      bench.fleet().scaleTo(1);
      List<Long> megabytes = new ArrayList<>();
      bench.run(new FaultSchedule(), () -> bench.completions().answered() > 0);
      long begin = System.nanoTime();
      int before = bench.completions().answered();
      for (int window = 1; window <= WINDOWS; window++) {
        megabytes.add(lowest(bench, QUERIES * window / WINDOWS));
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      LOG.info(
          "{} queries, {} per second; lowest MB resident in each fifth: {}",
          QUERIES,
          "%.1f".formatted((QUERIES - before) / seconds),
          megabytes);
      bench.stop();

      bench.assertAllAnswered(queries);
      bench.assertNoDuplicates();
      bench.assertAllCompleted();
      long growth = Collections.min(megabytes.subList(2, WINDOWS)) - megabytes.get(1);
      assertTrue(growth < MAX_GROWTH_MEGABYTES, () -> "MB resident: " + megabytes);
    }
  }

  /** A leak raises the lowest: allocator and collector only move what is above it. */
  private static long lowest(FaultBench bench, int answered) throws Exception {
    List<Long> megabytes = new ArrayList<>();
    bench.run(
        new FaultSchedule(),
        () -> {
          megabytes.add(bench.fleet().residentMegabytes());
          return bench.completions().answered() >= answered;
        });
    return Collections.min(megabytes);
  }
}
