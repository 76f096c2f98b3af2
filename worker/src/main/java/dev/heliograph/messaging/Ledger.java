package dev.heliograph.messaging;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records taken up and not yet published, in the order of each partition's log. A partition's
 * committed offset is one number, so only its finished prefix can be published: what comes before
 * its first unfinished record. Belongs to the loop thread, except for {@link Entry#finish}.
 */
final class Ledger {
  private final Map<TopicPartition, Deque<Entry>> partitions = new HashMap<>();
  private int size;
  private long bytes;

  /** A record on its way. */
  static final class Entry {
    private final ConsumerRecord<byte[], byte[]> record;
    private volatile @Nullable Publication publication;

    private Entry(ConsumerRecord<byte[], byte[]> record) {
      this.record = record;
    }

    ConsumerRecord<byte[], byte[]> record() {
      return record;
    }

    /** Only of a finished entry. */
    Publication publication() {
      return Optional.ofNullable(publication).orElseThrow();
    }

    /**
     * The record's query is done; from any thread. On an entry that was dropped meanwhile this has
     * no effect: whoever owns the partition now answers the query again.
     */
    void finish(Publication result) {
      publication = result;
    }

    private TopicPartition partition() {
      return new TopicPartition(record.topic(), record.partition());
    }

    private long bytes() {
      return (long) Math.max(0, record.serializedKeySize())
          + Math.max(0, record.serializedValueSize());
    }
  }

  /** Adds a record, which comes after all others of its partition. */
  Entry add(ConsumerRecord<byte[], byte[]> record) {
    Entry entry = new Entry(record);
    partitions.computeIfAbsent(entry.partition(), p -> new ArrayDeque<>()).add(entry);
    size++;
    bytes += entry.bytes();
    return entry;
  }

  /** What can be published now. */
  List<Entry> finishedPrefix(Collection<TopicPartition> of) {
    List<Entry> finished = new ArrayList<>();
    for (TopicPartition partition : of) {
      for (Entry entry : entries(partition)) {
        if (entry.publication == null) {
          break;
        }
        finished.add(entry);
      }
    }
    return finished;
  }

  /** For each partition, where to go on once these entries are published. */
  static Map<TopicPartition, OffsetAndMetadata> offsetsAfter(List<Entry> prefix) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Entry entry : prefix) {
      offsets.put(
          entry.partition(),
          new OffsetAndMetadata(entry.record.offset() + 1, entry.record.leaderEpoch(), ""));
    }
    return offsets;
  }

  /** Forgets entries that are published: a prefix, as {@link #finishedPrefix} gave it. */
  void removePublished(List<Entry> prefix) {
    for (Entry entry : prefix) {
      removeFirst(entry.partition());
    }
  }

  /** The entries below a committed offset: they were published, though nobody said so. */
  List<Entry> below(TopicPartition partition, long committedOffset) {
    return entries(partition).stream()
        .takeWhile(entry -> entry.record.offset() < committedOffset)
        .toList();
  }

  /**
   * Forgets all entries of partitions that are no longer ours.
   *
   * @return how many
   */
  int drop(Collection<TopicPartition> lost) {
    int before = size;
    for (TopicPartition partition : lost) {
      while (!entries(partition).isEmpty()) {
        removeFirst(partition);
      }
    }
    return before - size;
  }

  /** Partitions that have entries. */
  Set<TopicPartition> partitions() {
    return Set.copyOf(partitions.keySet());
  }

  int size() {
    return size;
  }

  /** Of keys and values. */
  long bytes() {
    return bytes;
  }

  private Deque<Entry> entries(TopicPartition partition) {
    return partitions.getOrDefault(partition, new ArrayDeque<>());
  }

  private void removeFirst(TopicPartition partition) {
    Deque<Entry> entries = entries(partition);
    bytes -= entries.removeFirst().bytes();
    size--;
    if (entries.isEmpty()) {
      partitions.remove(partition);
    }
  }
}
