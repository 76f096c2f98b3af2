package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.LoopbackProxy.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store and the broker go away in the middle of the work, and come back. */
class OutageIT {
  private static final int WORKERS = 2;
  private static final int QUERIES = FaultSize.of(160, 500);
  private static final Duration STORE_FAULT = Duration.ofSeconds(FaultSize.of(4, 20));
  private static final Duration BROKER_AWAY = Duration.ofSeconds(FaultSize.of(4, 15));
  private static final long MAX_RESIDENT_MEGABYTES = 900;

  @TempDir private Path folder;

  @Test
  void nothingIsLostWhenStoreAndBrokerComeBack() throws Exception {
    BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
    try (WorkerFixture fixture = WorkerFixture.start(folder, broker, broker.bootstrapServers());
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      Set<String> queries = bench.publish("outage", QUERIES);
      FaultSchedule schedule = new FaultSchedule();
      storeFaults(schedule, bench);
      brokerFaults(schedule, broker);

      bench.fleet().scaleTo(WORKERS);
      bench.run(schedule, queries);
      bench.stop();

      bench.assertAllAnswered(queries);
      bench.assertNoDuplicates();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
      assertTrue(bench.store().harmed() > 0, bench::counts);
      assertTrue(bench.fleet().peakMegabytes() < MAX_RESIDENT_MEGABYTES, bench::counts);
    }
  }

  /** All of them, one after the other, in an order that the seed decides. */
  private static void storeFaults(FaultSchedule schedule, FaultBench bench) {
    List<Fault> faults =
        new ArrayList<>(
            List.of(Fault.REFUSE, Fault.HANG, Fault.CUT_REQUEST, Fault.CUT_REPLY, Fault.SLOW));
    Collections.shuffle(faults, new Random(FaultSize.SEED));
    int first = QUERIES / 10;
    for (Fault fault : faults) {
      schedule
          .after(first, Duration.ZERO, "store: " + fault, () -> bench.store().inject(fault))
          .then(STORE_FAULT, "store: well again", () -> bench.store().inject(Fault.NONE));
      first += QUERIES / 20;
    }
  }

  private static void brokerFaults(FaultSchedule schedule, BrokerProcess broker) {
    schedule
        .after(QUERIES / 2, Duration.ZERO, "broker: kill -9", broker::kill)
        .then(BROKER_AWAY, "broker: started again", broker::startAgain)
        .after(QUERIES * 3 / 4, Duration.ZERO, "broker: stopped", broker::stop)
        .then(BROKER_AWAY, "broker: started again", broker::startAgain);
  }
}
