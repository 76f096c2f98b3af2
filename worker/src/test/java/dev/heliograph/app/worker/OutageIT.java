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
  private static final int QUERIES = FaultSize.of(120, 500);
  private static final Duration STORE_FAULT = Duration.ofSeconds(FaultSize.of(4, 20));
  private static final Duration BROKER_AWAY = Duration.ofSeconds(FaultSize.of(4, 15));
  private static final Duration LONGER_THAN_LOCKS = Duration.ofSeconds(FaultSize.of(7, 20));
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
      brokerFaults(schedule, bench, broker);

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

  @Test
  void aQueueWaitsForTheStoreToo() throws Exception {
    try (WorkerFixture fixture = FaultBench.soonFixture(folder);
        FaultBench bench = FaultBench.around(folder, fixture, FaultBench.QUEUE)) {
      Set<String> queries = bench.publish("queue", QUERIES / 2);
      FaultSchedule schedule = new FaultSchedule();
      for (Fault fault : FaultSize.of(List.of(Fault.HANG), List.of(Fault.HANG, Fault.REFUSE))) {
        storeFault(schedule, bench, QUERIES / 10, fault, LONGER_THAN_LOCKS);
      }

      bench.fleet().scaleTo(WORKERS);
      bench.run(schedule, queries);
      bench.stop();

      bench.assertAllAnswered(queries);
      bench.assertDuplicatesShareTheirId();
      bench.assertAllCompleted();
      bench.assertFilesAreAsStated();
      assertTrue(bench.store().harmed() > 0, bench::counts);
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
      storeFault(schedule, bench, first, fault, STORE_FAULT);
      first += QUERIES / 20;
    }
  }

  private static void storeFault(
      FaultSchedule schedule, FaultBench bench, int first, Fault fault, Duration lasting) {
    schedule
        .after(first, Duration.ZERO, "store: " + fault, () -> bench.store().inject(fault))
        .then(lasting, "store: well again", () -> bench.store().inject(Fault.NONE));
  }

  private static void brokerFaults(FaultSchedule schedule, FaultBench bench, BrokerProcess broker) {
    schedule
        .after(
            QUERIES / 2,
            Duration.ZERO,
            "broker: kill -9",
            () -> bench.betweenTransactions(broker::kill))
        .then(BROKER_AWAY, "broker: started again", broker::startAgain)
        .after(
            QUERIES * 3 / 4,
            Duration.ZERO,
            "broker: stopped",
            () -> bench.betweenTransactions(broker::stop))
        .then(BROKER_AWAY, "broker: started again", broker::startAgain);
  }
}
