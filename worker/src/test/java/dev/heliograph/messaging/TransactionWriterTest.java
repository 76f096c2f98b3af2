package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TransactionWriterTest {
  private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
      Map.of(new TopicPartition("cir.query.v1", 0), new OffsetAndMetadata(1));

  /** As the client does: one record is too large, and the others fail of the same. */
  private static final class FailingProducer extends MockProducer<byte[], byte[]> {
    private final RuntimeException tooLarge = new RecordTooLargeException("over the limit");

    FailingProducer() {
      super(
          false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      while (errorNext(tooLarge)) {
        // every record that is unsent
      }
      throw new KafkaException("in an error state", tooLarge);
    }
  }

  @Test
  void neighboursOfARecordThatIsTooLargeAreNotTakenForTooLarge() throws Exception {
    ProducerRecord<byte[], byte[]> large = new ProducerRecord<>("cir.completion.v1", new byte[99]);
    ProducerRecord<byte[], byte[]> small = new ProducerRecord<>("cir.completion.v1", new byte[1]);
    try (Consumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        TransactionWriter writer =
            new TransactionWriter(FailingProducer::new, Duration.ofSeconds(1))) {
      writer.open();
      TransactionFailedException e =
          assertThrows(
              TransactionFailedException.class,
              () -> writer.write(List.of(large, small), OFFSETS, consumer.groupMetadata()));
      assertSame(large, e.tooLarge().orElseThrow());
      assertEquals("in an error state", e.getCause().getMessage());
    }
  }
}
