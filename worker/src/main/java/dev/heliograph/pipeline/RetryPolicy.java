package dev.heliograph.pipeline;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a step that failed transiently is tried again: exponential backoff with full jitter, so that
 * workers that failed together do not return together.
 *
 * @param maxAttempts tries of one step, the first included, at least 1; those that met an outage do
 *     not count
 * @param baseDelay upper bound of the first wait, at least a millisecond if outages are waited out;
 *     doubles with each further one
 * @param maxDelay upper bound of any wait
 * @param outagePatience how long after its first failure by an outage a step is tried again
 */
public record RetryPolicy(
    int maxAttempts, Duration baseDelay, Duration maxDelay, Duration outagePatience) {

  /** For somebody who waits for the answer. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(10));

  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " is below 1");
    }
    if (baseDelay.isNegative() || maxDelay.compareTo(baseDelay) < 0) {
      throw new IllegalArgumentException(
          "baseDelay " + baseDelay + " and maxDelay " + maxDelay + " are not in order");
    }
    if (outagePatience.isNegative()) {
      throw new IllegalArgumentException("outagePatience: " + outagePatience + " is below PT0S");
    }
    if (baseDelay.toMillis() == 0 && !outagePatience.isZero()) {
      throw new IllegalArgumentException(
          "baseDelay: " + baseDelay + " leaves no pause between the tries of an outage");
    }
  }

  /** How long to wait after the given failed attempt, counted from 1. */
  Duration delayAfter(int attempt, RandomGenerator random) {
    double bound = (double) baseDelay.toMillis() * Math.pow(2, attempt - 1.0);
    double limited = Math.min(bound, (double) maxDelay.toMillis());
    return Duration.ofMillis((long) (limited * random.nextDouble()));
  }
}
