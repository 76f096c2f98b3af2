package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.events.QueryState;
import dev.heliograph.events.QueryStatus;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.testing.MutableClock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusPublisherTest {
  private static final Query QUERY = TestQueries.query("q-1");

  private final CountDownLatch go = new CountDownLatch(1);
  private final SlowProducer producer = new SlowProducer();

  @Test
  void tellsTheStatesOfAQueryInOrder() throws Exception {
    go.countDown();
    QueryOutcome.Completed outcome =
        (QueryOutcome.Completed) TestQueries.completed(QUERY, TestQueries.NOON);
    List<RankedImage> ranking = outcome.answer().results();
    try (StatusPublisher statuses = publisher(10)) {
      statuses.accepted(QUERY.header());
      statuses.started(QUERY.header());
      statuses.ranked(QUERY.header(), ranking);
      statuses.ended(outcome);
      statuses.ended(TestQueries.failed(QUERY, TestQueries.NOON, FailureCode.GALLERY_UNKNOWN));
      statuses.ended(TestQueries.expired(QUERY, TestQueries.NOON));
      statuses.ended(TestQueries.cancelled(QUERY, TestQueries.NOON));
      await().until(() -> statuses.published() == 7);
      assertEquals(7, statuses.offered());
      assertEquals(0, statuses.dropped());
      assertEquals(0, statuses.waiting());
    }

    List<QueryStatus> told = told();
    assertEquals(
        List.of(
            QueryState.ACCEPTED,
            QueryState.STARTED,
            QueryState.RANKED,
            QueryState.COMPLETED,
            QueryState.FAILED,
            QueryState.EXPIRED,
            QueryState.CANCELLED),
        told.stream().map(QueryStatus::getState).toList());
    assertEquals(
        List.of(0, 0, 2, 2, 0, 0, 0), told.stream().map(s -> s.getRanking().size()).toList());
    assertEquals("a.jpg", told.get(2).getRanking().get(0).getImageName());
    assertEquals(0.31f, told.get(2).getRanking().get(0).getSimilarity());
    assertEquals("worker-1", told.get(0).getWorker());
    assertEquals(TestQueries.NOON, told.get(0).getAt());
    assertEquals(null, told.get(3).getFailureCode());
    assertEquals("GALLERY_UNKNOWN", told.get(4).getFailureCode());
    assertEquals("CANCELLED", told.get(6).getFailureCode());
    ProducerRecord<byte[], byte[]> first = producer.history().get(0);
    assertEquals("q-1", new String(first.key(), UTF_8));
    assertEquals(
        "q-1/status/accepted", new String(first.headers().lastHeader("ce_id").value(), UTF_8));
  }

  @Test
  void dropsAndCountsWhatASlowKafkaCannotTake() {
    try (StatusPublisher statuses = publisher(2)) {
      statuses.accepted(QUERY.header());
      await().until(() -> statuses.waiting() == 0); // it is with Kafka, which does not answer
      statuses.started(QUERY.header());
      statuses.ranked(QUERY.header(), List.of());
      statuses.ended(TestQueries.expired(QUERY, TestQueries.NOON));
      statuses.ended(TestQueries.expired(QUERY, TestQueries.NOON));
      assertEquals(List.of(5L, 0L, 2L), counts(statuses));
      assertEquals(2, statuses.waiting());

      go.countDown();
      await().until(() -> statuses.published() == 3);
      assertEquals(List.of(5L, 3L, 2L), counts(statuses));
      assertEquals(0, statuses.waiting());
    }
  }

  @Test
  void countsWhatKafkaRefuses() {
    go.countDown();
    producer.refusal = Optional.of(new TimeoutException("not now"));
    try (StatusPublisher statuses = publisher(10)) {
      statuses.accepted(QUERY.header());
      await().until(() -> statuses.dropped() == 1);
      producer.refusal = Optional.empty();
      statuses.started(QUERY.header());
      await().until(() -> statuses.published() == 1);
      assertEquals(List.of(2L, 1L, 1L), counts(statuses));
    }
  }

  private static List<Long> counts(StatusPublisher statuses) {
    return List.of(statuses.offered(), statuses.published(), statuses.dropped());
  }

  private StatusPublisher publisher(int maxWaiting) {
    return new StatusPublisher(
        MessagingConfig.builder("127.0.0.1:1").worker("worker-1").build(),
        "status",
        EventEncoder.of(QueryStatus.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none()),
        producer,
        new MutableClock(TestQueries.NOON),
        maxWaiting);
  }

  private List<QueryStatus> told() throws MalformedEventException {
    EventDecoder<QueryStatus> decoder =
        new EventDecoder<>(QueryStatus.class, SchemaIdResolver.none());
    List<QueryStatus> told = new java.util.ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : producer.history()) {
      told.add(decoder.decode(record.value()));
    }
    return told;
  }

  /** Lets senders wait until it may go, and refuses if told so. */
  private final class SlowProducer extends MockProducer<byte[], byte[]> {
    private volatile Optional<RuntimeException> refusal = Optional.empty();

    SlowProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new org.apache.kafka.common.errors.InterruptException(e);
      }
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      return super.send(record, callback);
    }
  }
}
