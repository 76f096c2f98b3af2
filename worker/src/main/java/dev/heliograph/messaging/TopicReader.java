package dev.heliograph.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed records of a whole topic, outside of any consumer group. Partitions added
 * later are not seen. Not thread-safe.
 */
final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final String topic;
  private final String servers;
  private final Consumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /**
   * @throws MessagingException if Kafka cannot be reached, or has no such topic
   */
  TopicReader(KafkaClients clients, String topic) {
    this.topic = topic;
    this.servers = clients.servers();
    this.consumer = clients.reader();
    try {
      this.partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new MessagingException("topic " + topic + " does not exist");
      }
      consumer.assign(partitions);
    } catch (KafkaException e) {
      consumer.close();
      throw failure(e);
    } catch (MessagingException e) {
      consumer.close();
      throw e;
    }
  }

  List<TopicPartition> partitions() {
    return partitions;
  }

  /** Goes to the end as it is now: what is committed from now on will be read. */
  void seekToEnd() {
    attempt(() -> consumer.endOffsets(partitions).forEach(consumer::seek));
  }

  /** Reads on until the visitor has seen enough or the time is up. */
  void readUntil(long deadlineNanos, Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
    attempt(
        () -> {
          while (System.nanoTime() - deadlineNanos < 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
              if (!visitor.test(record)) {
                return;
              }
            }
          }
        });
  }

  /** Reads from the beginning to the end as it is now, or until the visitor has seen enough. */
  void readAll(Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
    attempt(
        () -> {
          Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
          consumer.seekToBeginning(partitions);
          while (true) {
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            if (ends.isEmpty()) {
              return;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
              if (!visitor.test(record)) {
                return;
              }
            }
          }
        });
  }

  /** The record at this place, if there is one; afterwards only its partition is read. */
  Optional<ConsumerRecord<byte[], byte[]>> find(int partition, long offset) {
    TopicPartition place = new TopicPartition(topic, partition);
    if (!partitions.contains(place) || offset < 0) {
      return Optional.empty();
    }
    try {
      consumer.assign(List.of(place));
      long end = consumer.endOffsets(List.of(place)).get(place);
      consumer.seek(place, offset);
      while (consumer.position(place) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record.offset() == offset ? Optional.of(record) : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  private void attempt(Runnable reading) {
    try {
      reading.run();
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  private MessagingException failure(KafkaException e) {
    return new MessagingException("topic " + topic + " at " + servers + " cannot be read", e);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
