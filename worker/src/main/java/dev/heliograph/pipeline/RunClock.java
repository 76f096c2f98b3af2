package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One query's deadline and its time by stage, told to an observer too. Thread-safe. */
final class RunClock {
  private final Query query;
  private final Clock clock;
  private final PipelineObserver.Run observer;
  private final Instant startedAt;
  private final Map<String, Double> timings = new ConcurrentHashMap<>();
  private final long startNanos = System.nanoTime();
  private long markNanos = startNanos;

  RunClock(Query query, Clock clock, PipelineObserver.Run observer) {
    this.query = query;
    this.clock = clock;
    this.observer = observer;
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
    time(stage, Duration.ofNanos(now - markNanos));
    time("total", Duration.ofNanos(now - startNanos));
    observer.staged(stage, at(markNanos), at(now));
    markNanos = now;
  }

  /** Two parts of the stage that is about to end, one after the other, as the device timed them. */
  void parts(String first, Duration firstTook, String second, Duration secondTook) {
    time(first, firstTook);
    time(second, secondTook);
    Instant end = at(System.nanoTime());
    Instant between = end.minus(secondTook);
    observer.staged(first, between.minus(firstTook), between);
    observer.staged(second, between, end);
  }

  /** By the monotonic clock, so that stages neither overlap nor end before they begin. */
  private Instant at(long nanos) {
    return startedAt.plusNanos(nanos - startNanos);
  }

  private void time(String stage, Duration duration) {
    timings.put(stage, Math.rint(duration.toNanos() / 1e3) / 1e3);
  }

  Map<String, Double> timings() {
    return Map.copyOf(timings);
  }
}
