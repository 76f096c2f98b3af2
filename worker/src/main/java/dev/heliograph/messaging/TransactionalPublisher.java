package dev.heliograph.messaging;

import dev.heliograph.messaging.Ledger.Entry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is finished in the ledger, in transactions, and gets over failed ones. A failed
 * transaction leaves its entries in the ledger, with their outcomes, and is tried again a little
 * later. If its fate is unknown, a new producer first makes the broker decide it, and the committed
 * offsets then say what was published: nothing is lost, nothing published twice. Kafka's clients
 * retry single requests; this is the only layer that retries transactions. Belongs to the loop
 * thread.
 */
final class TransactionalPublisher {
  private static final Logger log = LoggerFactory.getLogger(TransactionalPublisher.class);

  /** Ten seconds if each fails at once, minutes if each times out: then a fresh start is better. */
  private static final int MAX_FAILURES = 8;

  private final Consumer<byte[], byte[]> consumer;
  private final TransactionWriter writer;
  private final Ledger ledger;
  private final DeliveryCounters counters;
  private final RecordAnswerer answerer;
  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  private int failures;

  TransactionalPublisher(
      Consumer<byte[], byte[]> consumer,
      TransactionWriter writer,
      Ledger ledger,
      DeliveryCounters counters,
      RecordAnswerer answerer) {
    this.consumer = consumer;
    this.writer = writer;
    this.ledger = ledger;
    this.counters = counters;
    this.answerer = answerer;
  }

  /** Publishes what is finished, but not too soon after a failure. */
  void publishUnlessWaiting() {
    if (!backoff.isWaiting()) {
      publish(ledger.partitions());
    }
  }

  /**
   * Publishes what is finished of these partitions; a failure leaves it in the ledger.
   *
   * @throws IllegalStateException if too many transactions failed one after the other
   */
  void publish(Collection<TopicPartition> partitions) {
    List<Entry> finished = List.of();
    try {
      if (!writer.isOpen()) {
        recover();
      }
      finished = ledger.publishable(partitions);
      if (finished.isEmpty()) {
        return;
      }
      writer.write(
          finished.stream().flatMap(entry -> entry.publication().records()).toList(),
          ledger.offsetsAfter(finished),
          consumer.groupMetadata());
      counters.committed();
      published(finished);
      backoff.succeeded();
      failures = 0;
    } catch (TransactionFailedException e) {
      failed(finished, e);
    }
  }

  /**
   * Opens the writer, and forgets what turns out to be published already. While a transaction of
   * this group is undecided the broker does not tell the committed offsets, so they are final.
   */
  void recover() throws TransactionFailedException {
    writer.open();
    try {
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(ledger.partitions());
      for (TopicPartition partition : ledger.partitions()) {
        OffsetAndMetadata next = committed.get(partition);
        if (next != null) {
          published(ledger.publishedBy(partition, next));
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      writer.close();
      throw new TransactionFailedException(e, Optional.empty());
    }
  }

  /** An unfinished entry that is committed was answered by another worker. */
  private void published(List<Entry> entries) {
    ledger.removePublished(entries);
    for (Entry entry : entries) {
      if (entry.isFinished()) {
        counters.published(entry.publication());
      } else {
        counters.abandoned(1);
        entry.drop();
      }
    }
  }

  private void failed(List<Entry> entries, TransactionFailedException failure) {
    counters.aborted();
    log.warn("a transaction of {} queries failed: {}", entries.size(), failure.toString());
    if (failure.tooLarge().filter(record -> shrink(entries, record)).isPresent()) {
      return; // the next attempt is another one, so there is nothing to wait for
    }
    backoff.failed();
    // Stale membership settles by itself: the next poll rejoins, and tells whose the entries are.
    if (!(failure.getCause() instanceof CommitFailedException) && ++failures >= MAX_FAILURES) {
      throw new IllegalStateException(
          MAX_FAILURES + " transactions failed one after the other", failure.getCause());
    }
  }

  /**
   * @return false if there is nothing left to leave out
   */
  private boolean shrink(List<Entry> entries, ProducerRecord<byte[], byte[]> tooLarge) {
    for (Entry entry : entries) {
      Publication publication = entry.publication();
      if (publication.records().anyMatch(tooLarge::equals)) {
        Publication smaller = answerer.smaller(entry.record(), publication, Set.of(tooLarge));
        entry.finish(smaller);
        return smaller.records().noneMatch(tooLarge::equals);
      }
    }
    return false;
  }
}
