package dev.heliograph.messaging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records taken up and not yet published. A partition's committed offset is one number; what is
 * published beyond it is told by its metadata, see {@link PublishedAhead}. Belongs to the loop
 * thread, except for {@link Entry#finish} and {@link Entry#isDropped}.
 */
final class Ledger {
  private final Map<TopicPartition, PartitionLedger> partitions = new HashMap<>();
  private final Map<String, Load> loads = new HashMap<>();

  /**
   * What entries amount to.
   *
   * @param bytes of keys and values
   */
  record Load(int queries, long bytes) {
    private static final Load NONE = new Load(0, 0);

    private Load plus(Load other) {
      return new Load(queries + other.queries, bytes + other.bytes);
    }
  }

  /** A record on its way. */
  static final class Entry {
    private final ConsumerRecord<byte[], byte[]> record;
    private final Future<?> answer;
    private volatile @Nullable Publication publication;
    private volatile boolean dropped;

    private Entry(ConsumerRecord<byte[], byte[]> record, Future<?> answer) {
      this.record = record;
      this.answer = answer;
    }

    ConsumerRecord<byte[], byte[]> record() {
      return record;
    }

    boolean isFinished() {
      return publication != null;
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

    /** Somebody else answers the query, or has: here it need not be computed to its end. */
    void drop() {
      dropped = true;
      answer.cancel(false);
    }

    /** Whether it was {@link #drop dropped}; from any thread. */
    boolean isDropped() {
      return dropped;
    }

    private TopicPartition partition() {
      return Ledger.partition(record);
    }

    private long bytes() {
      return (long) Math.max(0, record.serializedKeySize())
          + Math.max(0, record.serializedValueSize());
    }
  }

  /** A partition is ours from now on; its records go on from what was committed. */
  void assign(TopicPartition partition, PublishedAhead committed) {
    partitions.put(partition, new PartitionLedger(committed));
  }

  /** Whether a record that comes by needs no answer: a former owner of its partition gave it. */
  boolean skipIfPublished(ConsumerRecord<byte[], byte[]> record) {
    PartitionLedger ledger = ledger(partition(record));
    boolean published = ledger.isPublished(record.offset());
    if (published) {
      ledger.skip(record.offset());
    }
    return published;
  }

  /**
   * Adds a record, which comes after all others of its partition.
   *
   * @param answer cancelled if the entry is dropped
   */
  Entry add(ConsumerRecord<byte[], byte[]> record, Future<?> answer) {
    Entry entry = new Entry(record, answer);
    ledger(entry.partition()).add(entry);
    loads.merge(record.topic(), new Load(1, entry.bytes()), Load::plus);
    return entry;
  }

  /** What can be published now. */
  List<Entry> publishable(Collection<TopicPartition> of) {
    List<Entry> finished = new ArrayList<>();
    of.forEach(partition -> finished.addAll(ledger(partition).publishable()));
    return finished;
  }

  /** For each partition of these entries, what to commit with them. */
  Map<TopicPartition, OffsetAndMetadata> offsetsAfter(List<Entry> published) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    published.stream()
        .collect(Collectors.groupingBy(Entry::partition))
        .forEach((partition, entries) -> offsets.put(partition, ledger(partition).after(entries)));
    return offsets;
  }

  /** Forgets entries that are published. */
  void removePublished(List<Entry> published) {
    published.forEach(this::remove);
  }

  /** The entries that were published, as a committed offset tells, though nobody said so. */
  List<Entry> publishedBy(TopicPartition partition, OffsetAndMetadata committed) {
    return ledger(partition).publishedBy(PublishedAhead.of(committed));
  }

  /**
   * Forgets all entries of partitions that are no longer ours, and cancels their answers.
   *
   * @return how many
   */
  int drop(Collection<TopicPartition> lost) {
    int before = size();
    for (TopicPartition partition : lost) {
      for (Entry entry : ledger(partition).entries()) {
        remove(entry);
        entry.drop();
      }
      partitions.remove(partition);
    }
    return before - size();
  }

  /** Partitions that have entries. */
  Set<TopicPartition> partitions() {
    return partitions.entrySet().stream()
        .filter(each -> !each.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  int size() {
    return total().queries();
  }

  /** Of keys and values. */
  long bytes() {
    return total().bytes();
  }

  /** Of one topic's entries. */
  Load load(String topic) {
    return loads.getOrDefault(topic, Load.NONE);
  }

  private Load total() {
    return loads.values().stream().reduce(Load.NONE, Load::plus);
  }

  private PartitionLedger ledger(TopicPartition partition) {
    return partitions.computeIfAbsent(
        partition, unknown -> new PartitionLedger(PublishedAhead.nothing(0)));
  }

  private void remove(Entry entry) {
    ledger(entry.partition()).remove(entry);
    loads.merge(entry.record().topic(), new Load(-1, -entry.bytes()), Load::plus);
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
