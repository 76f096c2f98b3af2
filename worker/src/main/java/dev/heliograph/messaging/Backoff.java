package dev.heliograph.messaging;

import java.time.Duration;

/** Paces attempts after failures, each wait twice the one before. Not thread-safe. */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private int failures;
  private long retryAtNanos;

  Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /** Whether it is too early for the next attempt. */
  boolean isWaiting() {
    return failures > 0 && System.nanoTime() - retryAtNanos < 0;
  }

  void failed() {
    long wait = first.toNanos() << Math.min(failures, 20);
    failures++;
    retryAtNanos = System.nanoTime() + Math.min(wait, longest.toNanos());
  }

  void succeeded() {
    failures = 0;
  }
}
