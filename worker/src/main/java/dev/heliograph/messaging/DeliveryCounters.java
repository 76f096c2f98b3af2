package dev.heliograph.messaging;

import dev.heliograph.query.QueryOutcome;
import java.time.Instant;

/** Counts what a delivery does; belongs to its loop thread. See {@link DeliveryProgress}. */
final class DeliveryCounters {
  private long received;
  private long completed;
  private long failed;
  private long expired;
  private long cancelled;
  private long malformed;
  private long abandoned;
  private long released;
  private long duplicates;
  private long renewed;
  private long deadLetters;
  private long transactions;
  private long aborts;

  void received() {
    received++;
  }

  void published(Publication publication) {
    publication.outcome().ifPresentOrElse(this::ended, () -> malformed++);
    publication.deadLetter().ifPresent(letter -> deadLetters++);
  }

  private void ended(QueryOutcome outcome) {
    if (outcome instanceof QueryOutcome.Completed) {
      completed++;
    } else if (outcome instanceof QueryOutcome.Failed) {
      failed++;
    } else if (outcome instanceof QueryOutcome.Expired) {
      expired++;
    } else if (outcome instanceof QueryOutcome.Cancelled) {
      cancelled++;
    } else {
      throw new AssertionError(outcome);
    }
  }

  void abandoned(int records) {
    abandoned += records;
  }

  /** For another delivery, with nothing published. */
  void released() {
    released++;
  }

  /** Received again though this worker has answered it. */
  void duplicate() {
    duplicates++;
  }

  void renewed() {
    renewed++;
  }

  void committed() {
    transactions++;
  }

  void aborted() {
    aborts++;
  }

  DeliveryProgress progress(Instant lastPoll, boolean paused, int inFlight, long inFlightBytes) {
    return new DeliveryProgress(
        lastPoll,
        paused,
        inFlight,
        inFlightBytes,
        received,
        completed,
        failed,
        expired,
        cancelled,
        malformed,
        abandoned,
        released,
        duplicates,
        renewed,
        deadLetters,
        transactions,
        aborts);
  }
}
