package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.Cancellation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class CancellationIT extends BrokerFixture {
  private static final Duration WINDOW = Duration.ofHours(1);

  /** Kafka's timestamps, and so our instants, have milliseconds. */
  private final Instant now = Instant.ofEpochMilli(System.currentTimeMillis());

  private final List<Cancellation> heard = new CopyOnWriteArrayList<>();

  @Test
  void hearsWhatWasThereBeforeAndWhatComes() {
    String topic = createTopic("cancel");
    publish(topic, cancellation("before", "no longer needed"));
    publishRaw(topic, now, "no cancellation");

    CancellationReader reader = start(topic);
    assertTrue(reader.awaitCaughtUp(PATIENCE));
    assertEquals(List.of(cancellation("before", "no longer needed")), heard);

    publish(topic, cancellation("after", null));
    awaitTrue(() -> heard.size() == 2);
    assertEquals(cancellation("after", null), heard.get(1));
  }

  @Test
  void everyWorkerHearsOfEveryCancellation() {
    String topic = createTopic("cancel");
    assertTrue(start(topic).awaitCaughtUp(PATIENCE));
    assertTrue(start(topic).awaitCaughtUp(PATIENCE));

    publish(topic, cancellation("q", null));

    awaitTrue(() -> heard.size() == 2);
  }

  @Test
  void doesNotReadWhatIsOlderThanItsWindow() {
    String topic = createTopic("cancel");
    byte[] old = encoded(cancellation("old", null));
    send(new ProducerRecord<>(topic, 0, now.minus(WINDOW).toEpochMilli() - 60_000, null, old));
    send(
        new ProducerRecord<>(topic, 0, now.toEpochMilli(), null, encoded(cancellation("q", null))));

    assertTrue(start(topic).awaitCaughtUp(PATIENCE));

    assertEquals(List.of(cancellation("q", null)), heard);
  }

  @Test
  void aMissingTopicHoldsNobodyUpAndIsFoundOnceItIsThere() {
    String topic = config.group() + ".late";
    assertTrue(start(topic).awaitCaughtUp(PATIENCE));

    createTopic("late");
    publish(topic, cancellation("q", null));

    awaitTrue(() -> heard.size() == 1);
  }

  private CancellationReader start(String topic) {
    return closeLater(
        CancellationReader.start(
            config, topic, WINDOW, NO_REGISTRY, heard::add, Clock.systemUTC()));
  }

  private void publish(String topic, Cancellation cancellation) {
    try (CancellationPublisher publisher = new CancellationPublisher(config, topic, NO_REGISTRY)) {
      publisher.publish(List.of(cancellation));
    }
  }

  private void publishRaw(String topic, Instant at, String text) {
    send(new ProducerRecord<>(topic, 0, at.toEpochMilli(), null, text.getBytes()));
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    try (var producer = new KafkaClients(config).producer()) {
      producer.send(record);
    }
  }

  private byte[] encoded(Cancellation cancellation) {
    return dev.heliograph.events.codec.EventEncoder.of(
            dev.heliograph.events.CancellationRequested.class, config.framing(), NO_REGISTRY)
        .encode(CancellationEvents.toEvent(cancellation));
  }

  private Cancellation cancellation(String id, @org.jspecify.annotations.Nullable String reason) {
    return new Cancellation(id, now, Stream.ofNullable(reason).findFirst());
  }
}
