package dev.heliograph.messaging;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what finished records leave behind, each by itself, and gets over failures: what did
 * not get out is tried again a little later. Remembers what it has published, so that a record
 * whose acknowledgement was lost is not computed once more. This is the only layer that publishes
 * again what failed; Kafka's client retries single requests. Belongs to the loop thread.
 */
final class QueuePublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueuePublisher.class);

  /** As in transactional delivery: then a fresh start is better. */
  private static final int MAX_FAILURES = 8;

  private static final int REMEMBERED = 10_000;

  private final Producer<byte[], byte[]> producer;
  private final RecordAnswerer answerer;
  private final DeliveryCounters counters;
  private final Runnable whenEnded;
  private final PublishedRecords published = new PublishedRecords(REMEMBERED);
  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  private int failures;
  private long failedAtNanos;

  /**
   * @param producer closed with this
   * @param whenEnded called by any thread when the broker has answered for all of an entry
   */
  QueuePublisher(
      Producer<byte[], byte[]> producer,
      RecordAnswerer answerer,
      DeliveryCounters counters,
      Runnable whenEnded) {
    this.producer = producer;
    this.answerer = answerer;
    this.counters = counters;
    this.whenEnded = whenEnded;
  }

  /** Begins to publish what a finished entry leaves behind, but not too soon after a failure. */
  void publishUnlessWaiting(QueueEntry entry) {
    if (!backoff.isWaiting()) {
      entry.publishing(PublishAttempt.start(producer, entry.unpublished(), whenEnded));
    }
  }

  /**
   * Takes note of an attempt that has ended.
   *
   * @return whether all that the entry leaves behind is published; if not, it waits for another
   *     attempt
   * @throws IllegalStateException if too many failed one after the other
   */
  boolean ended(QueueEntry entry, PublishAttempt attempt) {
    Exception failure = attempt.failure();
    if (failure == null) {
      counters.published(entry.publication());
      published.add(entry.address());
      backoff.succeeded();
      failures = 0;
      return true;
    }
    log.warn("{} cannot be published: {}", entry.address(), failure.toString());
    counters.aborted();
    if (!attempt.tooLarge().isEmpty()) {
      entry.publishAgain(
          answerer.smaller(entry.record(), entry.publication(), attempt.tooLarge()),
          attempt.published());
      return false; // the next attempt is another one, so there is nothing to wait for
    }
    entry.publishAgain(entry.publication(), attempt.published());
    failed(attempt, failure);
    return false;
  }

  /** What was under way together fails together: an outage counts once, however many it hits. */
  private void failed(PublishAttempt attempt, Exception failure) {
    if (failures > 0 && attempt.startedNanos() - failedAtNanos < 0) {
      return;
    }
    backoff.failed();
    failedAtNanos = System.nanoTime();
    if (++failures >= MAX_FAILURES) {
      throw new IllegalStateException(
          MAX_FAILURES + " publications failed one after the other", failure);
    }
  }

  /** Whether the record needs nothing but its acknowledgement. */
  boolean hasPublished(RecordAddress address) {
    return published.contains(address);
  }

  /** The broker has the record's acknowledgement: it will not come again. */
  void forget(RecordAddress address) {
    published.remove(address);
  }

  @Override
  public void close() {
    producer.close();
  }
}
