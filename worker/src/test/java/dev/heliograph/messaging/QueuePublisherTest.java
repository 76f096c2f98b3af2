package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.codec.SchemaIdResolver;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuePublisherTest {
  private final MessagingConfig config = MessagingConfig.of("127.0.0.1:1");
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  private final FakeAnswerer answerer = new FakeAnswerer();
  private final QueuePublisher publisher =
      new QueuePublisher(
          producer,
          new RecordAnswerer(
              config, SchemaIdResolver.none(), answerer, OutcomeRecorder.NONE, Clock.systemUTC()),
          new DeliveryCounters(),
          () -> {});

  @AfterEach
  void close() {
    publisher.close();
    answerer.close();
  }

  @Test
  void whatFailsTogetherIsOneFailure() throws Exception {
    List<QueueEntry> entries = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      entries.add(finished(i));
    }
    entries.forEach(publisher::publishUnlessWaiting);
    while (producer.errorNext(new TimeoutException("the broker is away"))) {
      // all of them
    }
    entries.forEach(entry -> assertFalse(publisher.ended(entry, entry.ended().orElseThrow())));

    for (QueueEntry entry : entries) {
      publish(entry);
      assertTrue(producer.completeNext());
      assertTrue(publisher.ended(entry, entry.ended().orElseThrow()));
    }
  }

  /** As soon as the publisher does not wait any more. */
  private void publish(QueueEntry entry) throws InterruptedException {
    while (!entry.isPublishing()) {
      publisher.publishUnlessWaiting(entry);
      Thread.sleep(1);
    }
  }

  private QueueEntry finished(long offset) {
    QueueEntry entry =
        new QueueEntry(new ConsumerRecord<>(config.topics().queries(), 0, offset, null, null));
    entry.answering(new CompletableFuture<>());
    entry.finish(
        new Publication(
            Optional.of(TestQueries.completed(TestQueries.query("q-" + offset), Instant.EPOCH)),
            Optional.empty(),
            Optional.of(
                new ProducerRecord<>(
                    config.topics().completions(), ("q-" + offset).getBytes(UTF_8), new byte[1])),
            Optional.empty()));
    return entry;
  }
}
