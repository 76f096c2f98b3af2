package dev.heliograph.messaging;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** One attempt to publish some records outside of a transaction. Thread-safe. */
final class PublishAttempt {
  private final AtomicInteger pending;
  private final Set<ProducerRecord<byte[], byte[]>> tooLarge =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final Set<ProducerRecord<byte[], byte[]>> published =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final long startedNanos = System.nanoTime();
  private volatile @Nullable Exception failure;

  private PublishAttempt(int records) {
    this.pending = new AtomicInteger(records);
  }

  /**
   * Sends the records; may wait for room in the producer's buffer.
   *
   * @param whenEnded called once, by any thread, when the broker has answered for all
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells the same
  static PublishAttempt start(
      Producer<byte[], byte[]> producer,
      List<ProducerRecord<byte[], byte[]>> records,
      Runnable whenEnded) {
    PublishAttempt attempt = new PublishAttempt(records.size());
    for (ProducerRecord<byte[], byte[]> record : records) {
      try {
        producer.send(record, (metadata, error) -> attempt.answered(record, error, whenEnded));
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        attempt.answered(record, e, whenEnded);
      }
    }
    return attempt;
  }

  private void answered(
      ProducerRecord<byte[], byte[]> record, @Nullable Exception error, Runnable whenEnded) {
    if (error instanceof RecordTooLargeException) {
      tooLarge.add(record);
    }
    if (error == null) {
      published.add(record);
    } else {
      failure = error;
    }
    if (pending.decrementAndGet() == 0) {
      whenEnded.run();
    }
  }

  boolean isEnded() {
    return pending.get() <= 0;
  }

  /** When it began, by {@link System#nanoTime}. */
  long startedNanos() {
    return startedNanos;
  }

  /** Null if all replicas in sync have all records. */
  @Nullable Exception failure() {
    return failure;
  }

  /** The records that need not be sent again. */
  Set<ProducerRecord<byte[], byte[]>> published() {
    return published;
  }

  /** The records that their topic will never accept. */
  Set<ProducerRecord<byte[], byte[]>> tooLarge() {
    return tooLarge;
  }
}
