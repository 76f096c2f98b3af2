package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TransactionalLoopTest {
  private static final SchemaIdResolver REGISTRY =
      SchemaIdResolver.fixed(Map.of(7, QueryRequested.getClassSchema()));

  private final MessagingConfig config =
      MessagingConfig.builder("127.0.0.1:1").pollTimeout(Duration.ofMillis(1)).build();
  private final TopicPartition waiting = new TopicPartition(config.topics().queries(), 0);
  private final TopicPartition other = new TopicPartition(config.topics().queries(), 1);

  @Test
  void aPartitionThatWaitsForTheRegistryIsPausedAndHoldsUpNoOther() throws Exception {
    SilentRegistry registry = new SilentRegistry(() -> {});
    RefetchingConsumer consumer = new RefetchingConsumer();
    FakeAnswerer answerer = new FakeAnswerer();
    DeliveryThread delivery = start(config, consumer, answerer, registry);
    try {
      await(delivery, () -> registry.asked.get() >= 3 && delivery.progress().completed() >= 1);
    } finally {
      delivery.stop();
      answerer.close();
    }
    assertEquals(Optional.empty(), delivery.failure());
    assertEquals(List.of("q-1"), answerer.taken());
    assertTrue(
        consumer.pausedPolls > registry.asked.get(),
        registry.asked + " times asked, " + consumer.pausedPolls);
  }

  @Test
  void aPartitionMayGoWhileTheLoopAsksTheRegistryForItsSchema() throws Exception {
    AtomicInteger pollsWithout = new AtomicInteger();
    RefetchingConsumer consumer =
        new RefetchingConsumer() {
          @Override
          public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (assignment().equals(Set.of(other))) {
              pollsWithout.incrementAndGet();
            }
            return super.poll(timeout);
          }
        };
    FakeAnswerer answerer = new FakeAnswerer();
    SilentRegistry registry = new SilentRegistry(() -> consumer.rebalance(List.of(other)));
    DeliveryThread delivery = start(config, consumer, answerer, registry);
    try {
      await(delivery, () -> pollsWithout.get() > 3 && delivery.progress().completed() >= 1);
    } finally {
      delivery.stop();
      answerer.close();
    }
    assertEquals(Optional.empty(), delivery.failure());
    assertEquals(1, registry.asked.get());
  }

  @Test
  void batchQueriesStayInTheirQuarterWhileInteractiveOnesLieAtTheBroker() throws Exception {
    MessagingConfig lanes = withLanes();
    LaggingConsumer consumer = new LaggingConsumer();
    FakeAnswerer answerer = new FakeAnswerer(id -> true, TestQueries::completed);
    DeliveryThread delivery = start(lanes, consumer, answerer, REGISTRY);
    try {
      await(delivery, () -> consumer.pausedPolls.get() > 20);
      assertEquals(lanes.laneReserve(), answerer.taken().size());

      consumer.updateEndOffsets(Map.of(consumer.interactive, 0L));
      await(delivery, () -> answerer.taken().size() > lanes.laneReserve());
    } finally {
      delivery.hurry();
      delivery.stop();
      answerer.close();
    }
  }

  private MessagingConfig withLanes() {
    return MessagingConfig.builder("127.0.0.1:1")
        .topics(config.topics().withInteractive("interactive"))
        .pollTimeout(Duration.ofMillis(1))
        .build();
  }

  /** As a consumer of the newer protocol that is fenced: its own thread gives partitions up. */
  @Test
  void aPartitionMayGoWhileTheLoopAsksHowFarBehindItIs() throws Exception {
    MessagingConfig lanes = withLanes();
    LaggingConsumer consumer =
        new LaggingConsumer() {
          @Override
          public synchronized OptionalLong currentLag(TopicPartition partition) {
            throw new IllegalStateException("No current assignment for partition " + partition);
          }
        };
    FakeAnswerer answerer = new FakeAnswerer(id -> true, TestQueries::completed);
    DeliveryThread delivery = start(lanes, consumer, answerer, REGISTRY);
    try {
      await(delivery, () -> answerer.taken().size() > lanes.laneReserve());
      assertEquals(Optional.empty(), delivery.failure());
    } finally {
      delivery.hurry();
      delivery.stop();
      answerer.close();
    }
  }

  @Test
  void aPartitionMayGoWhileTheLoopPausesIt() throws Exception {
    MessagingConfig lanes = withLanes();
    AtomicInteger pollsWithout = new AtomicInteger();
    LaggingConsumer consumer =
        new LaggingConsumer() {
          @Override
          public synchronized void pause(Collection<TopicPartition> partitions) {
            if (partitions.contains(waiting)) {
              rebalance(List.of(interactive));
            }
            super.pause(partitions);
          }

          @Override
          public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (assignment().equals(Set.of(interactive))) {
              pollsWithout.incrementAndGet();
            }
            return super.poll(timeout);
          }
        };
    FakeAnswerer answerer = new FakeAnswerer(id -> true, TestQueries::completed);
    DeliveryThread delivery = start(lanes, consumer, answerer, REGISTRY);
    try {
      await(delivery, () -> pollsWithout.get() > 3);
      assertEquals(lanes.laneReserve(), answerer.taken().size());
    } finally {
      delivery.hurry();
      delivery.stop();
      answerer.close();
    }
    assertEquals(Optional.empty(), delivery.failure());
  }

  private static DeliveryThread start(
      MessagingConfig config,
      Consumer<byte[], byte[]> consumer,
      FakeAnswerer answerer,
      SchemaIdResolver registry) {
    RecordAnswerer answers =
        new RecordAnswerer(config, registry, answerer, OutcomeRecorder.NONE, Clock.systemUTC());
    TransactionalLoop loop =
        new TransactionalLoop(
            config, clients(config, consumer), answers, progress -> {}, Clock.systemUTC());
    return DeliveryThread.start(loop, config.shutdownTimeout());
  }

  private static void await(DeliveryThread delivery, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(delivery.isRunning(), () -> "ended: " + delivery.failure());
      assertTrue(System.nanoTime() - deadline < 0, () -> "in vain: " + delivery.progress());
      Thread.sleep(10);
    }
  }

  private static KafkaClients clients(MessagingConfig config, Consumer<byte[], byte[]> consumer) {
    return new KafkaClients(config) {
      @Override
      Consumer<byte[], byte[]> groupConsumer() {
        return consumer;
      }

      @Override
      Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        return new MockProducer<>(
            true,
            new RoundRobinPartitioner(),
            new ByteArraySerializer(),
            new ByteArraySerializer());
      }
    };
  }

  private static final class SilentRegistry implements SchemaIdResolver {
    private final AtomicInteger asked = new AtomicInteger();
    private final Runnable meanwhile;

    SilentRegistry(Runnable meanwhile) {
      this.meanwhile = meanwhile;
    }

    @Override
    public Optional<Schema> schema(int id) {
      asked.incrementAndGet();
      meanwhile.run();
      throw new UncheckedIOException(new IOException("the registry does not answer"));
    }

    @Override
    public int id(Schema schema) {
      return REGISTRY.id(schema);
    }
  }

  /** Brings a record again after a seek, as a real one does. */
  private class RefetchingConsumer extends MockConsumer<byte[], byte[]> {
    private boolean assigned;
    private int pausedPolls;

    RefetchingConsumer() {
      super("earliest");
      updateBeginningOffsets(Map.of(waiting, 0L, other, 1L));
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      if (!assigned) {
        assigned = true;
        rebalance(List.of(waiting, other));
        addRecord(query(other, 1, Framing.SINGLE_OBJECT));
      }
      if (paused().contains(waiting)) {
        pausedPolls++;
      } else if (assignment().contains(waiting)) {
        addRecord(query(waiting, 0, Framing.CONFLUENT));
      }
      return super.poll(timeout);
    }
  }

  /** Has batch queries at hand, and knows of interactive ones that it has not fetched yet. */
  private class LaggingConsumer extends MockConsumer<byte[], byte[]> {
    final TopicPartition interactive = new TopicPartition("interactive", 0);
    private final AtomicInteger pausedPolls = new AtomicInteger();
    private boolean assigned;
    private long next;

    LaggingConsumer() {
      super("earliest");
      updateBeginningOffsets(Map.of(waiting, 0L, interactive, 0L));
      updateEndOffsets(Map.of(interactive, 100L));
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      if (!assigned) {
        assigned = true;
        rebalance(List.of(waiting, interactive));
      }
      if (paused().contains(waiting)) {
        pausedPolls.incrementAndGet();
      } else if (assignment().contains(waiting)) {
        addRecord(query(waiting, next++, Framing.SINGLE_OBJECT));
      }
      return super.poll(timeout);
    }
  }

  private static ConsumerRecord<byte[], byte[]> query(
      TopicPartition partition, long offset, Framing framing) {
    byte[] value =
        EventEncoder.of(QueryRequested.class, framing, REGISTRY)
            .encode(QueryEvents.toEvent(TestQueries.query("q-" + offset)));
    return new ConsumerRecord<>(
        partition.topic(), partition.partition(), offset, ("q-" + offset).getBytes(UTF_8), value);
  }
}
