package dev.heliograph.app.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.events.Outcome;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.DeadLetters;
import dev.heliograph.messaging.Redrive;
import dev.heliograph.testing.LoopbackProxy.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What failed while the store was away is answered once it is back. */
class RedriveIT {
  private static final int QUERIES = FaultSize.of(20, 100);
  private static final Redrive.Limits ALL =
      new Redrive.Limits(QUERIES * 2, 3, Duration.ZERO, false);

  @TempDir private Path folder;

  @Test
  void redriveAfterTheFixCompletesEachQueryOnce() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        FaultBench bench =
            FaultBench.around(folder, fixture, Map.of("retry.outage-patience", "PT0S"))) {
      bench.fleet().scaleTo(1);
      await().atMost(WorkerFixture.PATIENCE).until(() -> bench.fleet().running() == 1);
      bench.store().inject(Fault.REFUSE);
      Set<String> queries = bench.publish("redrive", QUERIES);
      bench.run(new FaultSchedule(), queries);

      bench.store().inject(Fault.NONE);
      Redrive redrive =
          new Redrive(
              fixture.messaging(), new DeadLetters(fixture.messaging(), SchemaIdResolver.none()));
      redrive.run(letter -> true, ALL, (letter, fate) -> {});
      redrive.run(letter -> true, ALL, (letter, fate) -> {});
      bench.run(new FaultSchedule(), () -> bench.completions().size() >= 2 * QUERIES);
      bench.stop();

      bench.assertAllAnswered(queries);
      bench.assertFilesAreAsStated();
      bench
          .completions()
          .byQuery()
          .forEach(
              (id, entries) ->
                  assertEquals(
                      List.of(Outcome.FAILED, Outcome.COMPLETED),
                      entries.stream().map(entry -> entry.event().getOutcome()).toList(),
                      id));
    }
  }
}
