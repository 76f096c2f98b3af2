package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.query.Cancellation;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CancellationsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private final MutableClock clock = new MutableClock(NOW);
  private final Cancellations cancellations = new Cancellations(clock);

  @Test
  void forgetsTheOldestOverItsLimit() {
    for (int i = 0; i <= Cancellations.LIMIT; i++) {
      cancellations.add(at("q" + i, NOW));
    }
    assertEquals(Cancellations.LIMIT, cancellations.size());
    assertEquals(Optional.empty(), find("q0", NOW));
    assertEquals(Optional.of(at("q1", NOW)), find("q1", NOW));
  }

  @Test
  void forgetsWhatIsOlderThanADay() {
    cancellations.add(at("old", NOW));
    clock.advance(Cancellations.KEPT);
    assertEquals(Optional.of(at("old", NOW)), find("old", NOW));
    clock.advance(Duration.ofMillis(1));
    assertEquals(Optional.empty(), find("old", NOW));
    cancellations.add(at("new", NOW));
    assertEquals(1, cancellations.size());
  }

  @Test
  void theLatestRequestOfAQueryCountsInWhateverOrderTheyCome() {
    cancellations.add(at("q", NOW.plusSeconds(1)));
    cancellations.add(at("q", NOW));
    assertEquals(1, cancellations.size());
    assertEquals(Optional.of(at("q", NOW.plusSeconds(1))), find("q", NOW.plusSeconds(1)));
    assertEquals(Optional.empty(), find("q", NOW.plusSeconds(2)));
  }

  private Optional<Cancellation> find(String id, Instant submittedAt) {
    return cancellations.find(new QueryHeader(id, submittedAt, Map.of()));
  }

  private static Cancellation at(String id, Instant requestedAt) {
    return new Cancellation(id, requestedAt, Optional.empty());
  }
}
