package dev.heliograph.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records and consumed offsets in one Kafka transaction: all of it becomes visible to
 * read-committed readers, or none. Not thread-safe.
 *
 * <p>After a failure the transaction is aborted. If that fails too (the producer was fenced, or the
 * answer to the commit was lost), the producer is given up and the writer is no longer open:
 * whether the transaction was committed is known only after {@link #open}, which waits for the
 * broker to decide it, from the group's committed offsets.
 */
final class TransactionWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TransactionWriter.class);

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final Duration closeTimeout;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * @param producers makes producers that all have the same transactional id
   */
  TransactionWriter(Supplier<Producer<byte[], byte[]>> producers, Duration closeTimeout) {
    this.producers = producers;
    this.closeTimeout = closeTimeout;
  }

  boolean isOpen() {
    return producer != null;
  }

  /** Makes a producer; ends whatever its predecessor left open. */
  void open() throws TransactionFailedException {
    Producer<byte[], byte[]> fresh = producers.get();
    try {
      fresh.initTransactions();
      producer = fresh;
    } catch (InterruptException e) {
      fresh.close(Duration.ZERO);
      throw e;
    } catch (RuntimeException e) {
      fresh.close(Duration.ZERO);
      throw new TransactionFailedException(e, Optional.empty());
    }
  }

  /**
   * Publishes the records and commits the offsets.
   *
   * @param group as the consumer has it now: the broker refuses offsets of a former member
   */
  @SuppressWarnings("FutureReturnValueIgnored") // if a send fails, so does the commit
  void write(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group)
      throws TransactionFailedException {
    Producer<byte[], byte[]> open = requireOpen();
    // Only the first: the client fails whatever else is unsent with the same exception.
    AtomicReference<ProducerRecord<byte[], byte[]>> tooLarge = new AtomicReference<>();
    try {
      open.beginTransaction();
      for (ProducerRecord<byte[], byte[]> record : records) {
        open.send(
            record,
            (metadata, error) -> {
              if (error instanceof RecordTooLargeException) {
                tooLarge.compareAndSet(null, record);
              }
            });
      }
      open.sendOffsetsToTransaction(offsets, group);
      open.commitTransaction();
    } catch (InterruptException e) {
      giveUp(open);
      throw e;
    } catch (RuntimeException e) {
      abort(open);
      throw new TransactionFailedException(e, Optional.ofNullable(tooLarge.get()));
    }
  }

  private void abort(Producer<byte[], byte[]> open) {
    try {
      open.abortTransaction();
    } catch (RuntimeException e) {
      log.warn(
          "the transaction cannot be aborted either, the producer is replaced: {}", e.toString());
      giveUp(open);
    }
  }

  private void giveUp(Producer<byte[], byte[]> open) {
    producer = null;
    open.close(Duration.ZERO);
  }

  private Producer<byte[], byte[]> requireOpen() {
    if (producer == null) {
      throw new IllegalStateException("the writer is not open");
    }
    return producer;
  }

  /** Closes the producer; a transaction that is still open is aborted. */
  @Override
  public void close() {
    if (producer != null) {
      producer.close(closeTimeout);
      producer = null;
    }
  }
}
