package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every kind of delivery promises, against a real broker in this process. */
abstract class DeliveryContract extends BrokerFixture {

  @Test
  void answersEveryQueryOnceThoughAnswersComeOutOfOrder() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 100));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(ids(0, 100));
    delivery.stop();

    assertEndedWell(delivery);
    assertEquals(100, answerer.taken().size());
    DeliveryProgress progress = delivery.progress();
    assertEquals(100, progress.received());
    assertEquals(100, progress.completed());
    assertEquals(0, progress.failed() + progress.expired() + progress.malformed());
    assertEquals(0, progress.abandoned() + progress.released() + progress.duplicates());
    assertEquals(0, progress.inFlight() + progress.inFlightBytes());
    assertEquals(0, progress.deadLetters() + progress.aborts());
    assertEquals(0, committed(config.topics().deadLetters()).size());
  }

  @Test
  void aWorkerThatComesLaterGoesOnWhereTheFirstEnded() {
    FakeAnswerer first = closeLater(new FakeAnswerer());
    publish(ids(0, 20));
    Delivery delivery = start(first);
    awaitExactlyOneCompletionEach(ids(0, 20));
    delivery.stop();

    FakeAnswerer second = closeLater(new FakeAnswerer());
    publish(ids(20, 30));
    start(second);
    awaitExactlyOneCompletionEach(ids(0, 30));
    assertEquals(10, second.taken().size());
  }

  @Test
  void pausesWhenEnoughIsInFlightAndGoesOnLater() {
    config = config(config.topics(), config.group(), config.groupProtocol(), 8);
    FakeAnswerer answerer = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    publish(ids(0, 40));
    Delivery delivery = start(answerer);

    awaitTrue(() -> delivery.progress().paused());
    Instant pausedAt = delivery.progress().lastPoll();
    awaitTrue(() -> delivery.progress().lastPoll().isAfter(pausedAt.plusMillis(300)));
    int inFlight = answerer.taken().size();
    assertTrue(inFlight > 6 - 2 && inFlight <= 8, inFlight + " in flight");
    assertEquals(0, completedIds().size());

    awaitTrue(
        () -> {
          answerer.releaseAll();
          return answerer.taken().size() == 40;
        });
    awaitTrue(
        () -> {
          answerer.releaseAll();
          return delivery.progress().completed() == 40;
        });
    awaitExactlyOneCompletionEach(ids(0, 40));
    awaitTrue(() -> !delivery.progress().paused());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFloodOnOneLaneNeverStopsTheOther(boolean interactiveFlood) {
    config = withInteractive(8);
    String interactive = config.topics().interactive().orElseThrow();
    String flooded = interactiveFlood ? interactive : config.topics().queries();
    String other = interactiveFlood ? config.topics().queries() : interactive;
    FakeAnswerer answerer =
        closeLater(new FakeAnswerer(id -> id.startsWith("flood"), TestQueries::completed));
    List<String> flood = ids("flood-", 40);
    publish(flooded, flood);
    Delivery delivery = start(answerer);
    awaitTrue(() -> !answerer.taken().isEmpty());

    // The flood stands still, and those who come later overtake what is queued of it.
    publish(other, ids(0, 20));
    awaitExactlyOneCompletionEach(ids(0, 20));
    long taken = answerer.taken().stream().filter(flood::contains).count();
    assertTrue(taken <= 6, taken + " of the flood were taken up");

    awaitTrue(
        () -> {
          answerer.releaseAll();
          return delivery.progress().completed() == 60;
        });
    assertEquals(60, completedIds().size());
    assertEquals(60, answerer.taken().stream().distinct().count());
  }

  @Test
  void ofTwoFloodsTheInteractiveOneIsOverFirst() {
    config = withInteractive(8);
    FakeAnswerer answerer = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    List<String> batch = ids("batch-", 60);
    List<String> interactive = ids("interactive-", 60);
    publish(config.topics().queries(), batch);
    publish(config.topics().interactive().orElseThrow(), interactive);
    Delivery delivery = start(answerer);

    awaitTrue(
        () -> {
          answerer.releaseAll();
          return delivery.progress().completed() == 120;
        });
    List<String> taken = answerer.taken();
    int over = interactive.stream().mapToInt(taken::indexOf).max().orElseThrow();
    long batchTakenMeanwhile = taken.subList(0, over).stream().filter(batch::contains).count();
    assertTrue(batchTakenMeanwhile < 60, "batch was over first");
    assertTrue(batchTakenMeanwhile > 0, "batch was not asked");
    assertEquals(120, completedIds().stream().distinct().count());
  }

  @Test
  void aDeadLetterOfTheInteractiveLaneGoesBackToIt() {
    config = withInteractive(8);
    String interactive = config.topics().interactive().orElseThrow();
    AtomicBoolean storeIsUp = new AtomicBoolean();
    FakeAnswerer answerer =
        closeLater(
            new FakeAnswerer(
                id -> false,
                (query, startedAt) ->
                    storeIsUp.get()
                        ? TestQueries.completed(query, startedAt)
                        : TestQueries.failed(query, startedAt, FailureCode.INTERNAL)));
    publish(interactive, ids(0, 1));
    Delivery delivery = start(answerer);
    awaitTrue(() -> delivery.progress().deadLetters() == 1);
    assertEquals(
        interactive,
        text(committed(config.topics().deadLetters()).get(0), "kafka_dlt-original-topic"));

    storeIsUp.set(true);
    List<Redrive.Fate> fates = new ArrayList<>();
    new Redrive(config, new DeadLetters(config, NO_REGISTRY))
        .run(
            letter -> true,
            new Redrive.Limits(10, 3, Duration.ZERO, false),
            (letter, fate) -> fates.add(fate));
    assertEquals(List.of(Redrive.Fate.REDRIVEN), fates);
    awaitTrue(() -> delivery.progress().completed() == 1);
    assertEquals(2, committed(interactive).size());
  }

  private MessagingConfig withInteractive(int maxInFlight) {
    return config(
        config.topics().withInteractive(createTopic("interactive")),
        config.group(),
        config.groupProtocol(),
        maxInFlight);
  }

  private static List<String> ids(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void scalesFromOneWorkerToThreeAndBackUnderLoadWithoutLoss() {
    config = config(config.topics(), config.group(), config.groupProtocol(), 16);
    Delivery first = start(closeLater(new FakeAnswerer()));
    publishUntil(() -> first.progress().completed() >= 20);
    Delivery second = start(closeLater(new FakeAnswerer()));
    Delivery third = start(closeLater(new FakeAnswerer()));
    publishUntil(() -> second.progress().completed() >= 20 && third.progress().completed() >= 20);
    Thread leaving =
        new Thread(
            () -> {
              first.stop();
              second.stop();
            });
    leaving.start();
    publishUntil(() -> !leaving.isAlive());
    long alone = third.progress().completed() + 20;
    publishUntil(() -> third.progress().completed() >= alone);

    awaitExactlyOneCompletionEach(ids(0, published()));
    awaitTrue(() -> third.progress().inFlight() == 0);
    third.stop();
    List<Delivery> all = List.of(first, second, third);
    all.forEach(BrokerFixture::assertEndedWell);
    assertEquals(
        published(), all.stream().mapToLong(worker -> worker.progress().completed()).sum());
  }

  @Test
  void aRecordWaitsWhileTheSchemaRegistryDoesNotAnswer() {
    SchemaIdResolver registry = SchemaIdResolver.fixed(Map.of(7, QueryRequested.getClassSchema()));
    AtomicInteger refused = new AtomicInteger();
    AtomicBoolean answers = new AtomicBoolean();
    SchemaIdResolver failing =
        new SchemaIdResolver() {
          @Override
          public Optional<Schema> schema(int id) {
            if (!answers.get()) {
              refused.incrementAndGet();
              throw new UncheckedIOException(new IOException("the registry does not answer"));
            }
            return registry.schema(id);
          }

          @Override
          public int id(Schema schema) {
            return registry.id(schema);
          }
        };
    byte[] event =
        EventEncoder.of(QueryRequested.class, Framing.CONFLUENT, registry)
            .encode(QueryEvents.toEvent(TestQueries.query("q-0")));
    send(new ProducerRecord<>(config.topics().queries(), "q-0".getBytes(UTF_8), event));
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    Delivery delivery = start(answerer, new KafkaClients(config), failing);

    awaitTrue(() -> refused.get() >= 3);
    assertEquals(List.of(), answerer.taken());
    answers.set(true);
    awaitExactlyOneCompletionEach(ids(0, 1));
    assertEquals(List.of("q-0"), answerer.taken());
    awaitTrue(() -> delivery.progress().completed() == 1);
    assertEquals(0, delivery.progress().deadLetters() + delivery.progress().released());
  }

  @Test
  void stoppingFinishesWhatIsInFlight() throws Exception {
    FakeAnswerer answerer = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    publish(ids(0, 10));
    Delivery delivery = start(answerer);
    awaitTrue(() -> answerer.taken().size() == 10);

    Thread stopper = new Thread(delivery::stop);
    stopper.start();
    awaitTrue(() -> delivery.progress().paused());
    publish(ids(10, 15));
    assertTrue(stopper.isAlive());
    answerer.releaseAll();
    stopper.join();
    delivery.stop();

    assertFalse(delivery.isRunning());
    assertEndedWell(delivery);
    awaitExactlyOneCompletionEach(ids(0, 10));
    assertEquals(0, delivery.progress().abandoned());
  }

  @Test
  void aHurriedStopPublishesWhatIsFinishedAndLeavesTheRestToOthers() throws Exception {
    FakeAnswerer answerer =
        closeLater(new FakeAnswerer(id -> id.compareTo("q-5") < 0, TestQueries::completed));
    publish(ids(0, 10));
    config = config.toBuilder().shutdownTimeout(Duration.ofMinutes(30)).build();
    Delivery delivery = start(answerer);
    awaitExactlyOneCompletionEach(ids(5, 10));

    Thread stopper = new Thread(delivery::stop);
    stopper.start();
    awaitTrue(() -> delivery.progress().paused());
    assertTrue(delivery.isRunning());
    delivery.hurry();
    stopper.join();
    assertEndedWell(delivery);
    assertEquals(5, delivery.progress().completed());
    assertEquals(5, delivery.progress().abandoned() + delivery.progress().released());
    assertEquals(ids(0, 5), answerer.cancelled().stream().sorted().toList());

    FakeAnswerer other = closeLater(new FakeAnswerer());
    start(other);
    awaitExactlyOneCompletionEach(ids(0, 10));
    assertEquals(ids(0, 5), other.taken().stream().sorted().toList());
  }

  @Test
  void anUndecodableRecordIsADeadLetterWithItsBytesAndHeadersUntouched() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    byte[] garbage = {(byte) 0xC3, 1, 0, (byte) 0xFF, 13, 10, 0};
    ProducerRecord<byte[], byte[]> bad =
        new ProducerRecord<>(config.topics().queries(), 2, new byte[] {0, -1}, garbage);
    bad.headers().add("x", new byte[] {1, -1}).add("empty", new byte[0]).add("none", null);
    bad.headers().add("x", "again".getBytes(UTF_8));
    publishTo(2, ids(0, 2));
    send(bad);
    send(new ProducerRecord<>(config.topics().queries(), 2, "tombstone".getBytes(UTF_8), null));
    publishTo(2, ids(2, 4));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(ids(0, 4));
    awaitTrue(() -> delivery.progress().malformed() == 2);
    var letters = committed(config.topics().deadLetters());
    assertEquals(2, letters.size());
    ConsumerRecord<byte[], byte[]> letter =
        letters.stream().filter(record -> record.value() != null).findFirst().orElseThrow();
    assertArrayEquals(garbage, letter.value());
    assertArrayEquals(new byte[] {0, -1}, letter.key());
    var headers = List.of(letter.headers().toArray());
    assertEquals(List.of(bad.headers().toArray()), headers.subList(0, 4));
    assertArrayEquals(
        new byte[] {0, 0, 0, 2},
        letter.headers().lastHeader("kafka_dlt-original-partition").value());
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 0, 0, 0, 2},
        letter.headers().lastHeader("kafka_dlt-original-offset").value());
    assertEquals(8, letter.headers().lastHeader("kafka_dlt-original-timestamp").value().length);
    assertEquals("CreateTime", text(letter, "kafka_dlt-original-timestamp-type"));
    assertEquals(config.topics().queries(), text(letter, "kafka_dlt-original-topic"));
    assertEquals(config.group(), text(letter, "kafka_dlt-original-consumer-group"));
    assertTrue(text(letter, "kafka_dlt-exception-fqcn").endsWith("MalformedEventException"));
    assertTrue(text(letter, "kafka_dlt-exception-message").contains("too few"));
    assertTrue(text(letter, "kafka_dlt-exception-stacktrace").contains("\tat dev.heliograph"));
    assertEquals("MALFORMED_EVENT", text(letter, "heliograph-failure-code"));
    assertEquals("worker-1", text(letter, "heliograph-worker"));
    assertEquals(2, delivery.progress().deadLetters());
  }

  @Test
  void anInvalidQueryFailsWithoutReachingTheAnswerer() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    QueryRequested invalid = QueryEvents.toEvent(TestQueries.query("q-bad"));
    invalid.setTopK(0);
    QueryRequested nameless = QueryEvents.toEvent(TestQueries.query("q-bad"));
    nameless.setQueryId("../escape");
    try (QueryPublisher publisher = new QueryPublisher(config, NO_REGISTRY)) {
      publisher.publish(invalid, Optional.empty()).join();
      publisher.publish(nameless, Optional.empty()).join();
    }
    publish(ids(0, 3));
    Delivery delivery = start(answerer);

    awaitTrue(() -> delivery.progress().received() == 5 && delivery.progress().inFlight() == 0);
    assertEquals(List.of("q-0", "q-1", "q-2"), answerer.taken().stream().sorted().toList());
    QueryCompletion failed = completion("q-bad");
    assertEquals(Outcome.FAILED, failed.getOutcome());
    assertEquals("INVALID_QUERY", failed.getFailure().getCode());
    assertEquals("topK: 0 is not in 1..1000", failed.getFailure().getMessage());
    assertEquals(1, delivery.progress().failed());
    assertEquals(1, delivery.progress().malformed());
    assertEquals(1, delivery.progress().deadLetters());
  }

  @Test
  void aFailureThatIsNotTheQuerysOwnIsADeadLetterToo() {
    Map<String, FailureCode> codes =
        Map.of(
            "q-store", FailureCode.STORE_UNAVAILABLE,
            "q-bug", FailureCode.INTERNAL,
            "q-gallery", FailureCode.GALLERY_UNKNOWN);
    FakeAnswerer answerer =
        closeLater(
            new FakeAnswerer(
                id -> false,
                (query, startedAt) -> {
                  if (query.queryId().equals("q-bug")) {
                    throw new ArithmeticException("secret detail");
                  }
                  if (query.queryId().equals("q-late")) {
                    return TestQueries.expired(query, startedAt);
                  }
                  return TestQueries.failed(query, startedAt, codes.get(query.queryId()));
                }));
    publish(List.of("q-store", "q-bug", "q-gallery", "q-late"));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(List.of("q-store", "q-bug", "q-gallery", "q-late"));
    codes.forEach(
        (id, code) -> assertEquals(code.name(), completion(id).getFailure().getCode(), id));
    assertEquals(3, completion("q-store").getFailure().getAttempts());
    assertFalse(completion("q-bug").getFailure().getMessage().contains("secret"));
    assertEquals(Outcome.EXPIRED, completion("q-late").getOutcome());
    Map<String, ConsumerRecord<byte[], byte[]>> letters =
        committed(config.topics().deadLetters()).stream()
            .collect(Collectors.toMap(letter -> new String(letter.key(), UTF_8), letter -> letter));
    assertEquals(List.of("q-bug", "q-store"), letters.keySet().stream().sorted().toList());
    assertTrue(
        text(letters.get("q-bug"), "kafka_dlt-exception-stacktrace").contains("secret detail"));
    awaitTrue(() -> delivery.progress().inFlight() == 0);
    assertEquals(3, delivery.progress().failed());
    assertEquals(1, delivery.progress().expired());
    assertEquals(2, delivery.progress().deadLetters());
  }

  @Test
  void completionsCarryCloudEventsHeadersAndTheTrace() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (QueryPublisher publisher = new QueryPublisher(config, NO_REGISTRY)) {
      publisher.publish(QueryEvents.toEvent(TestQueries.query("q-0")), Optional.of(trace)).join();
    }
    start(answerer);

    awaitExactlyOneCompletionEach(List.of("q-0"));
    ConsumerRecord<byte[], byte[]> request = committed(config.topics().queries()).get(0);
    ConsumerRecord<byte[], byte[]> completion = committed(config.topics().completions()).get(0);
    assertEquals(
        List.of(
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_time",
            "ce_subject",
            "content-type",
            "traceparent"),
        StreamSupport.stream(completion.headers().spliterator(), false).map(h -> h.key()).toList());
    assertEquals("q-0/request", text(request, "ce_id"));
    assertEquals("1.0", text(completion, "ce_specversion"));
    assertEquals("q-0/completion", text(completion, "ce_id"));
    assertEquals("dev.heliograph.events.QueryCompletion", text(completion, "ce_type"));
    assertEquals("q-0", text(completion, "ce_subject"));
    assertEquals(
        completion("q-0").getCompletedAt(),
        Instant.parse(text(completion, "ce_time"))
            .truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
    assertEquals("application/avro", text(completion, "content-type"));
    assertEquals(trace, text(completion, "traceparent"));
  }

  @Test
  void aCompletionTooLargeToPublishBecomesAFailureAndHoldsUpNobody() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    // Two bytes per character in the event, and again in the completion that echoes them.
    Query template = TestQueries.query("q-large");
    QueryHeader header =
        new QueryHeader("q-large", TestQueries.NOON, Map.of("large", "é".repeat(40_000)));
    Query large =
        new Query(
            header,
            template.gallery(),
            template.reference(),
            template.captions(),
            template.topK(),
            template.saliency(),
            template.artifacts(),
            template.deadline());
    try (QueryPublisher publisher = new QueryPublisher(config, NO_REGISTRY)) {
      publisher.publish(large).join();
    }
    publish(ids(0, 8));
    config = config.toBuilder().maxRecordBytes(64 * 1024).build();
    Delivery delivery = start(answerer);

    awaitTrue(() -> delivery.progress().received() == 9 && delivery.progress().inFlight() == 0);
    assertEquals(9, completedIds().size());
    QueryCompletion completion =
        completions().stream()
            .filter(c -> c.getQueryId().equals("q-large"))
            .findFirst()
            .orElseThrow();
    assertEquals(Outcome.FAILED, completion.getOutcome());
    assertEquals(FailureCode.INTERNAL.name(), completion.getFailure().getCode());
    assertEquals(Map.of(), completion.getAttributes());
    var letters = committed(config.topics().deadLetters());
    assertEquals(1, letters.size());
    assertEquals(null, letters.get(0).value());
    assertTrue(letters.get(0).headers().lastHeader("heliograph-value-omitted") != null);
    assertEquals(8, delivery.progress().completed());
    assertTrue(delivery.progress().aborts() > 0);
  }

  QueryCompletion completion(String queryId) {
    return completions().stream()
        .filter(completion -> completion.getQueryId().equals(queryId))
        .findFirst()
        .orElseThrow();
  }

  void publishTo(int partition, List<String> queryIds) {
    var encoder = EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, NO_REGISTRY);
    for (String id : queryIds) {
      send(
          new ProducerRecord<>(
              config.topics().queries(),
              partition,
              id.getBytes(UTF_8),
              encoder.encode(QueryEvents.toEvent(TestQueries.query(id)))));
    }
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    try (var producer = new KafkaClients(config).producer()) {
      producer.send(record);
    }
  }

  static String text(ConsumerRecord<byte[], byte[]> record, String header) {
    return new String(record.headers().lastHeader(header).value(), UTF_8);
  }
}
