package dev.heliograph.messaging;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which dead letters were redriven: in the offsets of a group of its own, committed in
 * the same transaction as the record that is published again. So a command that is repeated, or was
 * killed, redrives none twice; and since they share a transactional id, of two commands at once the
 * later one stops the earlier. Not thread-safe.
 *
 * <p>The broker forgets each partition's offset some time after its last commit ({@code
 * offsets.retention.minutes}), as the group has no members. So each command commits all of them
 * again: what is redriven in one partition keeps what is known of the others.
 */
final class RedriveProgress implements AutoCloseable {
  /** Below the 4096 that brokers allow by default. */
  static final int MAX_TEXT = 4000;

  private final ConsumerGroupMetadata group;
  private final @Nullable Producer<byte[], byte[]> producer;
  private final Map<TopicPartition, OffsetRanges> redriven = new HashMap<>();

  /**
   * @param readOnly leaves another command that is at it alone
   */
  RedriveProgress(
      MessagingConfig config,
      KafkaClients clients,
      Set<TopicPartition> partitions,
      boolean readOnly) {
    this.producer =
        readOnly
            ? null
            : clients.transactionalProducer(config.transactionalIdPrefix() + "-redrive");
    try (Consumer<byte[], byte[]> consumer = clients.groupReader(config.group() + "-redrive")) {
      if (producer != null) {
        producer.initTransactions(); // first: whoever still redrives cannot go on
      }
      group = consumer.groupMetadata();
      Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(consumer.committed(partitions));
      known.values().removeIf(Objects::isNull);
      for (TopicPartition partition : partitions) {
        OffsetAndMetadata committed = known.get(partition);
        redriven.put(
            partition,
            committed == null ? new OffsetRanges() : OffsetRanges.parse(committed.metadata()));
      }
      if (producer != null && !known.isEmpty()) {
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(known, group);
        producer.commitTransaction();
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  boolean contains(TopicPartition partition, long offset) {
    return redriven.get(partition).contains(offset);
  }

  /**
   * Publishes a letter's record, and notes that it was.
   *
   * @param after the letter before it in its partition, or -1: there is none in between
   * @throws IllegalStateException if what is redriven is too scattered to be remembered
   */
  void publish(
      ProducerRecord<byte[], byte[]> record, TopicPartition from, long after, long offset) {
    OffsetRanges ranges = OffsetRanges.parse(redriven.get(from).text());
    ranges.add(after + 1, offset);
    String text = ranges.text();
    if (text.length() > MAX_TEXT) {
      throw new IllegalStateException(
          from + ": what is redriven is too scattered to be remembered; redrive what lies between");
    }
    Producer<byte[], byte[]> open = Objects.requireNonNull(producer, "read-only");
    try {
      open.beginTransaction();
      var unused = open.send(record);
      open.sendOffsetsToTransaction(
          Map.of(from, new OffsetAndMetadata(ranges.firstAbsent(), text)), group);
      open.commitTransaction();
    } catch (KafkaException e) {
      throw new MessagingException(from + "@" + offset + " cannot be redriven", e);
    }
    redriven.put(from, ranges);
  }

  /** A transaction that is still open is aborted. */
  @Override
  public void close() {
    if (producer != null) {
      producer.close();
    }
  }
}
