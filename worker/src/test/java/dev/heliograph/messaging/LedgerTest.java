package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.messaging.Ledger.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Publication DONE =
      new Publication(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  private final TopicPartition zero = new TopicPartition("q", 0);
  private final TopicPartition one = new TopicPartition("q", 1);
  private final Ledger ledger = new Ledger();

  @Test
  void onlyWhatComesBeforeTheFirstUnfinishedRecordIsPublished() {
    Entry first = add(zero, 5);
    Entry second = add(zero, 6);
    Entry third = add(zero, 9);
    Entry other = add(one, 40);
    second.finish(DONE);
    other.finish(DONE);
    assertEquals(List.of(other), ledger.finishedPrefix(Set.of(zero, one)));
    assertEquals(List.of(), ledger.finishedPrefix(Set.of(zero)));

    first.finish(DONE);
    List<Entry> prefix = ledger.finishedPrefix(Set.of(zero));
    assertEquals(List.of(first, second), prefix);
    assertEquals(Map.of(zero, new OffsetAndMetadata(7)), Ledger.offsetsAfter(prefix));

    third.finish(DONE); // after the prefix was taken: it waits for the next transaction
    ledger.removePublished(prefix);
    assertEquals(List.of(third), ledger.finishedPrefix(Set.of(zero)));
    assertEquals(2, ledger.size());
    assertEquals(6, ledger.bytes());
  }

  @Test
  void aDroppedPartitionLeavesNothingAndItsLateResultsAreIgnored() {
    Entry lost = add(zero, 0);
    add(zero, 1);
    add(one, 0);
    assertEquals(2, ledger.drop(Set.of(zero)));
    assertEquals(0, ledger.drop(Set.of(zero)));
    assertEquals(1, ledger.size());
    assertEquals(3, ledger.bytes());

    Entry again = add(zero, 0);
    lost.finish(DONE);
    assertEquals(List.of(), ledger.finishedPrefix(Set.of(zero)));
    again.finish(DONE);
    assertEquals(List.of(again), ledger.finishedPrefix(Set.of(zero)));
  }

  @Test
  void committedOffsetsTellWhatWasPublished() {
    Entry first = add(zero, 0);
    Entry second = add(zero, 1);
    add(zero, 4);
    assertEquals(List.of(), ledger.below(zero, 0));
    assertEquals(List.of(first, second), ledger.below(zero, 2));
    assertEquals(List.of(first, second), ledger.below(zero, 4));
    assertEquals(List.of(), ledger.below(one, 9));
  }

  private Entry add(TopicPartition partition, long offset) {
    byte[] value = {1, 2, 3};
    return ledger.add(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            offset,
            0,
            org.apache.kafka.common.record.TimestampType.CREATE_TIME,
            -1,
            3,
            null,
            value,
            new org.apache.kafka.common.header.internals.RecordHeaders(),
            Optional.empty()));
  }
}
