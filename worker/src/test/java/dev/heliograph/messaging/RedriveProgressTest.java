package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RedriveProgressTest {
  private final MessagingConfig config = MessagingConfig.of("127.0.0.1:1");
  private final TopicPartition redriven = new TopicPartition(config.topics().deadLetters(), 0);
  private final TopicPartition untouched = new TopicPartition(config.topics().deadLetters(), 1);
  private final OffsetAndMetadata known = new OffsetAndMetadata(0, "2+1");

  @Test
  void eachCommandCommitsWhatIsKnownAgainSoThatTheBrokerDoesNotForgetIt() {
    MockProducer<byte[], byte[]> producer = producer();
    try (RedriveProgress progress = open(producer, false)) {
      assertTrue(progress.contains(redriven, 3));
      assertFalse(progress.contains(redriven, 4));
      assertFalse(progress.contains(untouched, 0));
    }
    List<Map<TopicPartition, OffsetAndMetadata>> committed =
        producer.consumerGroupOffsetsHistory().stream()
            .flatMap(groups -> groups.values().stream())
            .toList();
    assertEquals(List.of(Map.of(redriven, known)), committed);
  }

  @Test
  void aDryRunLeavesThemAlone() {
    MockProducer<byte[], byte[]> producer = producer();
    try (RedriveProgress progress = open(producer, true)) {
      assertTrue(progress.contains(redriven, 2));
    }
    assertFalse(producer.transactionInitialized());
  }

  private RedriveProgress open(Producer<byte[], byte[]> producer, boolean readOnly) {
    KafkaClients clients =
        new KafkaClients(config) {
          @Override
          Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
            return producer;
          }

          @Override
          Consumer<byte[], byte[]> groupReader(String group) {
            MockConsumer<byte[], byte[]> reader = new MockConsumer<>("earliest");
            reader.assign(Set.of(redriven, untouched));
            reader.commitSync(Map.of(redriven, known));
            return reader;
          }
        };
    return new RedriveProgress(config, clients, Set.of(redriven, untouched), readOnly);
  }

  private static MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(
        true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  }
}
