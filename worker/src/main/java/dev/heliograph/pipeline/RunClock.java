package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One query's deadline and its milliseconds by stage. Thread-safe. */
final class RunClock {
  private final Query query;
  private final Clock clock;
  private final Instant startedAt;
  private final Map<String, Double> timings = new ConcurrentHashMap<>();
  private final long startNanos = System.nanoTime();
  private long markNanos = startNanos;

  RunClock(Query query, Clock clock) {
    this.query = query;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  Instant startedAt() {
    return startedAt;
  }

  Instant now() {
    return clock.instant();
  }

  /** Whether the deadline, if there is one, lies at or before the given time from now. */
  boolean expiresWithin(Duration wait) {
    return query.deadline().filter(d -> !clock.instant().plus(wait).isBefore(d)).isPresent();
  }

  /**
   * To be called before a stage begins.
   *
   * @throws QueryFailedException with DEADLINE_EXCEEDED
   */
  void checkDeadline(String stage) {
    if (expiresWithin(Duration.ZERO)) {
      throw new QueryFailedException(
          FailureCode.DEADLINE_EXCEEDED,
          "deadline: " + query.deadline().orElseThrow() + " passed before " + stage);
    }
  }

  /** Ends a stage: the time since the last one ended is its own, waiting included. */
  synchronized void mark(String stage) {
    long now = System.nanoTime();
    put(stage, Duration.ofNanos(now - markNanos));
    put("total", Duration.ofNanos(now - startNanos));
    markNanos = now;
  }

  void put(String stage, Duration duration) {
    timings.put(stage, Math.rint(duration.toNanos() / 1e3) / 1e3);
  }

  Map<String, Double> timings() {
    return Map.copyOf(timings);
  }
}
