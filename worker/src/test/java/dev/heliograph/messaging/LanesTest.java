package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.messaging.Ledger.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final int IN_FLIGHT = 16;
  private static final int BYTES = 1_000;
  private static final String INTERACTIVE = "now";
  private static final String BATCH = "later";

  private final Ledger ledger = new Ledger();
  private final Lanes lanes = lanes(Topics.of(BATCH, "done").withInteractive(INTERACTIVE));
  private int offset;

  @Test
  void eachLaneLeavesAQuarterOfTheQueriesToTheOther() {
    for (String flooded : List.of(INTERACTIVE, BATCH)) {
      String other = flooded.equals(BATCH) ? INTERACTIVE : BATCH;
      List<Entry> flood = new ArrayList<>();
      while (lanes.isOpen(flooded)) {
        flood.addAll(poll(flooded, 4, 1));
      }
      assertEquals(12, flood.size());
      assertTrue(lanes.isOpen(other) && !lanes.isFull());
      flood.addAll(poll(other, 4, 1));
      assertTrue(lanes.isFull());
      ledger.removePublished(flood);
      assertTrue(lanes.isOpen(flooded) && lanes.isOpen(other));
    }
  }

  @Test
  void eachLaneLeavesAQuarterOfTheBytesToTheOther() {
    List<Entry> flood = poll(BATCH, 1, 750);
    assertFalse(lanes.isOpen(BATCH));
    assertTrue(lanes.isOpen(INTERACTIVE));
    poll(INTERACTIVE, 1, 250);
    assertTrue(lanes.isFull());
    ledger.removePublished(flood);
    assertTrue(lanes.isOpen(BATCH));
  }

  @Test
  void whileInteractiveQueriesComeBatchHasItsQuarterOnly() {
    lanes.polled(true);
    assertTrue(lanes.isOpen(BATCH));
    poll(BATCH, 4, 1);
    assertFalse(lanes.isOpen(BATCH));
    assertTrue(lanes.isOpen(INTERACTIVE));
    lanes.polled(false);
    assertTrue(lanes.isOpen(BATCH));
  }

  @Test
  void oneLaneAloneMayTakeAll() {
    Lanes alone = lanes(Topics.of(BATCH, "done"));
    poll(BATCH, 12, 1);
    assertTrue(alone.isOpen(BATCH));
    poll(BATCH, 4, 1);
    assertTrue(alone.isFull());
  }

  private Lanes lanes(Topics topics) {
    return new Lanes(
        MessagingConfig.builder("localhost:9092")
            .topics(topics)
            .maxInFlightQueries(IN_FLIGHT)
            .maxInFlightBytes(BYTES)
            .build(),
        ledger);
  }

  private List<Entry> poll(String topic, int count, int bytes) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>(
              topic,
              0,
              offset++,
              0,
              TimestampType.CREATE_TIME,
              -1,
              bytes,
              null,
              new byte[bytes],
              new RecordHeaders(),
              Optional.empty());
      entries.add(ledger.add(record, new CompletableFuture<>()));
    }
    return entries;
  }
}
