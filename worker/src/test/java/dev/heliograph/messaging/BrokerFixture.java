package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.testing.TestBroker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One broker per class; topics, a group and a configuration of its own per test. */
abstract class BrokerFixture {
  static final int PARTITIONS = 4;
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final SchemaIdResolver NO_REGISTRY = SchemaIdResolver.none();

  private static final AtomicInteger number = new AtomicInteger();
  private static TestBroker broker;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> imbalances = new CopyOnWriteArrayList<>();
  private final EventDecoder<QueryCompletion> decoder =
      new EventDecoder<>(QueryCompletion.class, NO_REGISTRY);

  private @Nullable QueryPublisher load;
  private int published;

  MessagingConfig config;
  OutcomeRecorder recorder = OutcomeRecorder.NONE;

  @BeforeAll
  static void startBroker() {
    // Locks as short as a test needs them: a group's configuration says how long they are.
    broker =
        TestBroker.start(
            Map.of(
                "group.share.min.record.lock.duration.ms", "1000",
                "group.share.max.record.lock.duration.ms", "3600000"));
  }

  @AfterAll
  static void stopBroker() {
    if (broker != null) { // skipped before it was started
      broker.close();
    }
  }

  @BeforeEach
  void createTopics() {
    String run = "run" + number.incrementAndGet();
    Topics topics = Topics.of(run + ".query", run + ".completion");
    broker.createTopics(
        PARTITIONS,
        topics.queries(),
        topics.completions(),
        topics.deadLetters(),
        topics.attestations());
    config = config(topics, run, MessagingConfig.GroupProtocol.CLASSIC, 64);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    assertEquals(List.of(), imbalances);
  }

  MessagingConfig config(
      Topics topics, String group, MessagingConfig.GroupProtocol protocol, int maxInFlight) {

    return MessagingConfig.builder(broker.bootstrapServers())
        .topics(topics)
        .group(group)
        .groupProtocol(protocol)
        .transactionalIdPrefix("test")
        .worker("worker-1")
        .maxInFlightQueries(maxInFlight)
        .pollTimeout(Duration.ofMillis(10))
        .transactionTimeout(Duration.ofSeconds(3))
        .shutdownTimeout(Duration.ofSeconds(20))
        .build();
  }

  /** The test's configuration with one more property of Kafka's clients. */
  MessagingConfig withClientProperty(String name, String value) {
    return config.toBuilder().clientProperties(Map.of(name, value)).build();
  }

  /** One more topic of this test. */
  String createTopic(String name) {
    String topic = config.group() + "." + name;
    broker.createTopics(PARTITIONS, topic);
    return topic;
  }

  <C extends AutoCloseable> C closeLater(C resource) {
    open.add(resource);
    return resource;
  }

  Delivery start(QueryAnswerer answerer) {
    return start(answerer, new KafkaClients(config));
  }

  Delivery start(QueryAnswerer answerer, KafkaClients clients) {
    return start(answerer, clients, NO_REGISTRY);
  }

  Delivery start(QueryAnswerer answerer, KafkaClients clients, SchemaIdResolver ids) {
    Clock clock = Clock.systemUTC();
    return closeLater(
        DeliveryThread.start(
            loop(clients, new RecordAnswerer(config, ids, answerer, recorder, clock), clock),
            config.shutdownTimeout()));
  }

  /** The kind of delivery under test. */
  DeliveryLoop loop(KafkaClients clients, RecordAnswerer answerer, Clock clock) {
    return new TransactionalLoop(config, clients, answerer, this::checkBalance, clock);
  }

  void checkBalance(DeliveryProgress progress) {
    long accounted =
        progress.completed()
            + progress.failed()
            + progress.expired()
            + progress.cancelled()
            + progress.malformed()
            + progress.abandoned()
            + progress.released()
            + progress.duplicates()
            + progress.inFlight();
    if (progress.received() != accounted || progress.deadLetters() < progress.malformed()) {
      imbalances.add(progress.toString());
    }
  }

  /** Ids q-from to q-(to - 1). */
  static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "q-" + i).toList();
  }

  void publish(List<String> queryIds) {
    publish(config.topics().queries(), queryIds);
  }

  void publish(String topic, List<String> queryIds) {
    try (QueryPublisher publisher = new QueryPublisher(config, NO_REGISTRY, topic)) {
      queryIds.stream().map(id -> publisher.publish(TestQueries.query(id))).toList().stream()
          .forEach(future -> future.join());
    }
  }

  /** Keeps queries coming until something happens, so that it happens while queries run. */
  void publishUntil(BooleanSupplier condition) {
    if (load == null) {
      load = closeLater(new QueryPublisher(config, NO_REGISTRY));
    }
    QueryPublisher publisher = load;
    awaitTrue(
        () -> {
          ids(published, published + 2).stream()
              .map(id -> publisher.publish(TestQueries.query(id)))
              .toList()
              .forEach(CompletableFuture::join);
          published += 2;
          return condition.getAsBoolean();
        });
  }

  /** How many queries {@link #publishUntil} has published: q-0 and so on. */
  int published() {
    return published;
  }

  /** Everything that read-committed readers see. */
  List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(new KafkaClients(config), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  List<String> completedIds() {
    return committed(config.topics().completions()).stream()
        .map(record -> new String(record.key(), UTF_8))
        .sorted()
        .toList();
  }

  List<QueryCompletion> completions() {
    return committed(config.topics().completions()).stream()
        .map(
            record -> {
              try {
                return decoder.decode(record.value());
              } catch (MalformedEventException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  /** Waits for the number, then compares the ids: none is missing, none is there twice. */
  void awaitExactlyOneCompletionEach(List<String> queryIds) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> completedIds().size() >= queryIds.size());
    assertEquals(queryIds.stream().sorted().toList(), completedIds());
  }

  static void awaitTrue(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  static void assertEndedWell(Delivery delivery) {
    assertTrue(delivery.failure().isEmpty(), () -> delivery.failure().toString());
  }
}
