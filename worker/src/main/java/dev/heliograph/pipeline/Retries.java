package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries one query's steps while they fail transiently: a fault of the query's own up to the
 * policy's attempts, an outage up to its patience, both up to the query's deadline. Waiting takes
 * no thread, and ends when the query is stopped. What is logged belongs to whoever made this.
 */
final class Retries {
  private static final Logger log = LoggerFactory.getLogger(Retries.class);

  private final RetryPolicy policy;
  private final ScheduledExecutorService timer;
  private final Predicate<Duration> expiresWithin;
  private final StopSignal stop;
  private final LogContext logs = LogContext.current();
  private final AtomicInteger attempts = new AtomicInteger(1);

  /**
   * @param expiresWithin whether it is not worth waiting so long, because a deadline would pass
   */
  Retries(
      RetryPolicy policy,
      ScheduledExecutorService timer,
      Predicate<Duration> expiresWithin,
      StopSignal stop) {
    this.policy = policy;
    this.timer = timer;
    this.expiresWithin = expiresWithin;
    this.stop = stop;
  }

  /** The largest number of tries that any step has needed so far. */
  int attempts() {
    return attempts.get();
  }

  <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> step) {
    return attempt(step, new Tries(1, 0, OptionalLong.empty()));
  }

  private <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> step, Tries tries) {
    attempts.accumulateAndGet(tries.attempt(), Math::max);
    CompletableFuture<T> result;
    try {
      result = step.get();
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    return result.exceptionallyCompose(error -> afterFailure(step, tries, unwrapped(error)));
  }

  private <T> CompletableFuture<T> afterFailure(
      Supplier<CompletableFuture<T>> step, Tries before, Throwable error) {
    Tries tries = isOutage(error) ? before.metOutage(System.nanoTime()) : before.failed();
    if (!isTransient(error) || isSpent(tries, error) || timer.isShutdown() || stop.isStopped()) {
      return CompletableFuture.failedFuture(error);
    }
    int attempt = tries.attempt();
    Duration wait = policy.delayAfter(attempt, ThreadLocalRandom.current());
    if (expiresWithin.test(wait)) {
      return CompletableFuture.failedFuture(
          new QueryFailedException(
              FailureCode.DEADLINE_EXCEEDED,
              "deadline: would pass before attempt " + (attempt + 1) + " after: " + error,
              error));
    }
    String reason = error.toString().replaceAll("\\p{Cntrl}+", " ");
    logs.run(
        () -> log.info("Attempt {} failed, next in {} ms: {}", attempt, wait.toMillis(), reason));
    Executor later =
        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, timer);
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {}, later);
    stop.cutShort(waiting);
    return waiting.thenCompose(waited -> attempt(step, tries.next()));
  }

  /**
   * How one step has fared.
   *
   * @param attempt the number of the last try, from 1
   * @param faults tries that failed, but not by an outage
   * @param outageSinceNanos when a try first met an outage
   */
  private record Tries(int attempt, int faults, OptionalLong outageSinceNanos) {
    Tries failed() {
      return new Tries(attempt, faults + 1, outageSinceNanos);
    }

    Tries metOutage(long nowNanos) {
      return new Tries(attempt, faults, OptionalLong.of(outageSinceNanos.orElse(nowNanos)));
    }

    Tries next() {
      return new Tries(attempt + 1, faults, outageSinceNanos);
    }
  }

  private boolean isSpent(Tries tries, Throwable error) {
    if (!isOutage(error)) {
      return tries.faults() >= policy.maxAttempts();
    }
    long away = System.nanoTime() - tries.outageSinceNanos().orElseThrow();
    return Duration.ofNanos(away).compareTo(policy.outagePatience()) >= 0;
  }

  private static boolean isOutage(Throwable error) {
    return error instanceof QueryFailedException failed
        && failed.code().kind() == FailureCode.Kind.OUTAGE;
  }

  /** An unclassified exception is a bug, but may be a race that does not come again. */
  private static boolean isTransient(Throwable error) {
    return error instanceof QueryFailedException failed
        ? failed.code().isTransient()
        : error instanceof RuntimeException && !(error instanceof Room.NoRoomException);
  }

  static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? unwrapped(error.getCause())
        : error;
  }
}
