package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.messaging.Ledger.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
  private final Map<Entry, CompletableFuture<Void>> answers = new HashMap<>();

  @Test
  void whatIsFinishedIsPublishedAndTheMetadataTellsWhatIsOpenBeforeIt() {
    Entry first = add(zero, 5);
    Entry second = add(zero, 6);
    Entry third = add(zero, 9);
    Entry other = add(one, 40);
    second.finish(DONE);
    other.finish(DONE);
    assertEquals(List.of(second, other), ledger.publishable(List.of(zero, one)));
    List<Entry> published = ledger.publishable(Set.of(zero));
    assertEquals(List.of(second), published);
    OffsetAndMetadata behind = ledger.offsetsAfter(published).get(zero);
    assertEquals(5, behind.offset());
    assertEquals(new PublishedAhead(5, 7, List.of(5L)), PublishedAhead.of(behind));
    ledger.removePublished(published);

    third.finish(DONE);
    OffsetAndMetadata both = ledger.offsetsAfter(List.of(third)).get(zero);
    assertEquals(new PublishedAhead(5, 10, List.of(5L)), PublishedAhead.of(both));
    ledger.removePublished(List.of(third));
    assertEquals(2, ledger.size());
    assertEquals(6, ledger.bytes());

    first.finish(DONE);
    assertEquals(
        Map.of(zero, new OffsetAndMetadata(10)),
        ledger.offsetsAfter(ledger.publishable(Set.of(zero))));
  }

  @Test
  void whoeverGetsThePartitionNextSkipsWhatWasPublishedAndGoesOnFromIt() {
    ledger.assign(zero, new PublishedAhead(100, 200, List.of(100L, 150L, 160L)));
    Entry head = add(zero, 100);
    assertTrue(ledger.skipIfPublished(record(zero, 101)));
    assertTrue(ledger.skipIfPublished(record(zero, 149)));
    assertFalse(ledger.skipIfPublished(record(zero, 150)));

    // 150 is not taken up yet: it stays open.
    head.finish(DONE);
    OffsetAndMetadata early = ledger.offsetsAfter(List.of(head)).get(zero);
    assertEquals(new PublishedAhead(150, 200, List.of(150L, 160L)), PublishedAhead.of(early));
    ledger.removePublished(List.of(head));

    // 150 is gone from the log; 160 is the next that comes.
    assertTrue(ledger.skipIfPublished(record(zero, 155)));
    Entry last = add(zero, 160);
    last.finish(DONE);
    assertEquals(Map.of(zero, new OffsetAndMetadata(200)), ledger.offsetsAfter(List.of(last)));
    assertTrue(ledger.skipIfPublished(record(zero, 199)));
    assertFalse(ledger.skipIfPublished(record(zero, 200)));
  }

  @Test
  void whatTheMetadataCannotTellWaits() {
    Entry head = add(zero, 0);
    List<Entry> odd = new ArrayList<>();
    for (int i = 1; i < 10_000; i++) {
      Entry entry = add(zero, i);
      if (i % 2 == 1) {
        entry.finish(DONE);
        odd.add(entry);
      }
    }
    List<Entry> published = ledger.publishable(Set.of(zero));
    assertTrue(published.size() > 900 && published.size() < 1100, published.size() + " published");
    assertEquals(odd.subList(0, published.size()), published);
    OffsetAndMetadata committed = ledger.offsetsAfter(published).get(zero);
    assertEquals(0, committed.offset());
    assertTrue(
        committed.metadata().length() < 1_500, committed.metadata().length() + " characters");
    ledger.removePublished(published);
    assertEquals(List.of(), ledger.publishable(Set.of(zero)));
    head.finish(DONE);
    assertTrue(ledger.publishable(Set.of(zero)).contains(head));
  }

  @Test
  void aDroppedPartitionLeavesNothingAndItsLateResultsAreIgnored() {
    Entry lost = add(zero, 0);
    add(zero, 1);
    Entry other = add(one, 0);
    Entry finished = add(zero, 2);
    finished.finish(DONE);
    answers.get(finished).complete(null);
    assertEquals(3, ledger.drop(Set.of(zero)));
    assertEquals(0, ledger.drop(Set.of(zero)));
    assertTrue(lost.isDropped() && answers.get(lost).isCancelled());
    assertFalse(answers.get(finished).isCancelled());
    assertFalse(answers.get(other).isCancelled());
    assertEquals(1, ledger.size());
    assertEquals(3, ledger.bytes());

    Entry again = add(zero, 0);
    lost.finish(DONE);
    assertEquals(List.of(), ledger.publishable(Set.of(zero)));
    again.finish(DONE);
    assertEquals(List.of(again), ledger.publishable(Set.of(zero)));
  }

  @Test
  void committedOffsetsTellWhatWasPublished() {
    Entry first = add(zero, 0);
    Entry second = add(zero, 1);
    Entry third = add(zero, 4);
    assertEquals(List.of(), ledger.publishedBy(zero, new OffsetAndMetadata(0)));
    assertEquals(List.of(first, second), ledger.publishedBy(zero, new OffsetAndMetadata(2)));
    assertEquals(List.of(first, second), ledger.publishedBy(zero, new OffsetAndMetadata(4)));
    String ahead = new PublishedAhead(0, 5, List.of(0L, 1L)).encoded();
    assertEquals(List.of(third), ledger.publishedBy(zero, new OffsetAndMetadata(0, ahead)));
    assertEquals(List.of(), ledger.publishedBy(one, new OffsetAndMetadata(9)));
  }

  private Entry add(TopicPartition partition, long offset) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    Entry entry = ledger.add(record(partition, offset), answer);
    answers.put(entry, answer);
    return entry;
  }

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
    byte[] value = {1, 2, 3};
    return new ConsumerRecord<>(
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
        Optional.empty());
  }
}
