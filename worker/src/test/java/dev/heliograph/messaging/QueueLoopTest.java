package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.QueryOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the loop does when something that it asks does not answer, or when it is hurried. */
class QueueLoopTest {
  private static final SchemaIdResolver REGISTRY =
      SchemaIdResolver.fixed(Map.of(7, QueryRequested.getClassSchema()));

  private final MessagingConfig config =
      MessagingConfig.builder("127.0.0.1:1")
          .maxInFlightQueries(2)
          .shutdownTimeout(Duration.ofMillis(1))
          .build();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  private final Queue<MockShareConsumer<byte[], byte[]>> consumers = new ArrayDeque<>();
  private final Queue<RuntimeException> adminFailures = new ArrayDeque<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final FakeAnswerer answerer = new FakeAnswerer();
  private QueueLoop loop;
  private DeliveryThread delivery;

  @AfterEach
  void stop() {
    delivery.stop();
    answerer.close();
    assertEquals(Optional.empty(), delivery.failure());
  }

  @Test
  void aRecordThatWaitsForTheRegistryHoldsUpNoOther() throws Exception {
    hold(0, 1, EventEncoder.of(QueryRequested.class, Framing.CONFLUENT, REGISTRY));
    hold(1, 1, EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, REGISTRY));
    start(
        new SchemaIdResolver() {
          @Override
          public Optional<Schema> schema(int id) {
            asked.incrementAndGet();
            throw new UncheckedIOException(new IOException("the registry does not answer"));
          }

          @Override
          public int id(Schema schema) {
            return REGISTRY.id(schema);
          }
        });

    await(() -> delivery.progress().completed() == 1);
    assertEquals(List.of("q-1"), answerer.taken());
    int before = asked.get();
    await(() -> asked.get() > before);
    assertEquals(1, delivery.progress().inFlight());
  }

  @Test
  void whileNoBrokerTellsTheLimitNothingIsGivenUp() throws Exception {
    adminFailures.add(new TimeoutException("no broker"));
    hold(0, 2, EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, REGISTRY));
    start(REGISTRY);

    await(() -> delivery.progress().completed() == 1);
    assertEquals(0, delivery.progress().failed());
    assertTrue(adminFailures.isEmpty());
  }

  @Test
  void aWorkerThatMayNotReadTheLimitPlaysSafe() throws Exception {
    adminFailures.add(new GroupAuthorizationException("no"));
    hold(0, 2, EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, REGISTRY));
    start(REGISTRY);

    await(() -> delivery.progress().failed() == 1);
    assertEquals(List.of(), answerer.taken());
  }

  @Test
  void whatIsFinishedWhenAStopIsHurriedIsPublished() throws Exception {
    CompletableFuture<QueryOutcome> answer = new CompletableFuture<>();
    hold(0, 1, EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, REGISTRY));
    start(
        REGISTRY,
        query -> answer,
        progress -> {
          if (progress.inFlight() == 1 && !answer.isDone()) { // at the end of a turn
            loop.stop();
            loop.hurry();
            answer.complete(TestQueries.completed(TestQueries.query("q-0"), TestQueries.NOON));
          }
        });

    while (delivery.isRunning()) {
      Thread.sleep(10);
    }
    assertEquals(1, delivery.progress().completed());
    assertEquals(0, delivery.progress().released());
  }

  /** Query {@code q-<offset>}, alone in the hands of the next consumer. */
  private void hold(long offset, int deliveries, EventEncoder<QueryRequested> encoder) {
    byte[] key = ("q-" + offset).getBytes(UTF_8);
    byte[] value = encoder.encode(QueryEvents.toEvent(TestQueries.query("q-" + offset)));
    MockShareConsumer<byte[], byte[]> consumer = new MockShareConsumer<>();
    consumers.add(consumer);
    consumer.subscribe(Set.of(config.topics().queries()));
    consumer.addRecord(
        new ConsumerRecord<>(
            config.topics().queries(),
            0,
            offset,
            0,
            TimestampType.CREATE_TIME,
            key.length,
            value.length,
            key,
            value,
            new RecordHeaders(),
            Optional.empty(),
            Optional.of((short) deliveries)));
  }

  private void start(SchemaIdResolver ids) {
    start(ids, answerer, progress -> {});
  }

  private void start(SchemaIdResolver ids, QueryAnswerer answering, DeliveryListener listener) {
    RecordAnswerer answers =
        new RecordAnswerer(config, ids, answering, OutcomeRecorder.NONE, Clock.systemUTC());
    loop = new QueueLoop(config, new Clients(), answers, listener, Clock.systemUTC());
    delivery = DeliveryThread.start(loop, config.shutdownTimeout());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.holds()) {
      assertTrue(delivery.isRunning(), () -> "ended: " + delivery.failure());
      assertTrue(System.nanoTime() - deadline < 0, () -> "waited in vain: " + delivery.progress());
      Thread.sleep(10);
    }
  }

  private final class Clients extends KafkaClients {
    Clients() {
      super(config);
    }

    @Override
    ShareConsumer<byte[], byte[]> shareConsumer() {
      MockShareConsumer<byte[], byte[]> next = consumers.poll();
      return next == null ? new MockShareConsumer<>() : next;
    }

    @Override
    Producer<byte[], byte[]> queueProducer() {
      return producer;
    }

    /** Knows of a group that is configured, if it answers. */
    @Override
    Admin admin() {
      return (Admin)
          Proxy.newProxyInstance(
              Admin.class.getClassLoader(),
              new Class<?>[] {Admin.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "describeConfigs" -> described((Collection<?>) arguments[0]);
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.toString());
                  });
    }

    private DescribeConfigsResult described(Collection<?> resources) {
      KafkaFutureImpl<Config> described = new KafkaFutureImpl<>();
      RuntimeException failure = adminFailures.poll();
      if (failure == null) {
        described.complete(
            new Config(
                List.of(
                    new ConfigEntry("share.auto.offset.reset", "earliest"),
                    new ConfigEntry("share.isolation.level", "read_committed"),
                    new ConfigEntry("share.delivery.count.limit", "10"))));
      } else {
        described.completeExceptionally(failure);
      }
      ConfigResource group = (ConfigResource) resources.iterator().next();
      return new Described(Map.of(group, described));
    }
  }

  /** Made as the client makes it. */
  private static final class Described extends DescribeConfigsResult {
    Described(Map<ConfigResource, KafkaFuture<Config>> futures) {
      super(futures);
    }
  }
}
