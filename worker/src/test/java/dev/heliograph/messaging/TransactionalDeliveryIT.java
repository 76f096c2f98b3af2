package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What transactional delivery promises, and what only it does. */
class TransactionalDeliveryIT extends DeliveryContract {

  @Test
  void publishesInTransactions() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 5));
    Delivery delivery = start(answerer);
    awaitExactlyOneCompletionEach(ids(0, 5));
    awaitTrue(() -> delivery.progress().completed() == 5);
    assertTrue(delivery.progress().transactions() >= 1);
  }

  @Test
  void aSlowQueryHoldsUpNobodyBehindIt() {
    config = config(config.topics(), config.group(), config.groupProtocol(), 8);
    FakeAnswerer answerer = closeLater(slowHead());
    publishTo(0, ids(0, 40));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(ids(1, 40));
    awaitTrue(() -> delivery.progress().inFlight() == 1);
    answerer.release("q-0");
    awaitExactlyOneCompletionEach(ids(0, 40));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasPublishedBehindASlowQueryIsNotPublishedAgainAfterAKill(
      MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 64);
    FakeAnswerer first = closeLater(slowHead());
    CountDownLatch kill = new CountDownLatch(1);
    publishTo(0, ids(0, 20));
    Delivery killed =
        start(
            query -> {
              if (kill.getCount() == 0) {
                throw new OutOfMemoryError("killed");
              }
              return first.answer(query);
            });
    awaitExactlyOneCompletionEach(ids(1, 20));
    kill.countDown();
    publishTo(0, ids(20, 21));
    awaitTrue(() -> !killed.isRunning());

    FakeAnswerer second = closeLater(new FakeAnswerer());
    Delivery delivery = start(second);
    awaitExactlyOneCompletionEach(ids(0, 21));
    assertEquals(List.of("q-0", "q-20"), second.taken());
    assertEquals(19, delivery.progress().duplicates());
    first.release("q-0"); // too late
    publishTo(0, ids(21, 23));
    awaitExactlyOneCompletionEach(ids(0, 23));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasPublishedBehindASlowQueryStaysPublishedThroughRebalances(
      MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 64);
    FakeAnswerer first = closeLater(slowHead());
    for (int partition = 0; partition < PARTITIONS; partition++) {
      publishTo(partition, List.of("slow-" + partition));
    }
    publish(ids(1, 41));
    Delivery slow = start(first);
    awaitExactlyOneCompletionEach(ids(1, 41));

    FakeAnswerer second = closeLater(slowHead());
    Delivery other = start(second);
    awaitTrue(() -> slow.progress().abandoned() > 0);
    awaitTrue(() -> second.taken().size() == slow.progress().abandoned());
    publish(ids(41, 61));
    awaitExactlyOneCompletionEach(ids(1, 61));
    second.releaseAll();
    awaitTrue(() -> other.progress().inFlight() == 0);
    first.releaseAll();
    awaitTrue(() -> slow.progress().inFlight() == 0);
    assertEquals(60 + PARTITIONS, completedIds().size());
    assertEquals(60 + PARTITIONS, completedIds().stream().distinct().count());
  }

  @ParameterizedTest
  @EnumSource
  void answersThatTakeLongerThanThePollIntervalDoNotCostTheMembership(
      MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 8);
    config = withClientProperty("consumer.max.poll.interval.ms", "4000");
    FakeAnswerer answerer = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    publish(ids(0, 20));
    Delivery delivery = start(answerer);
    awaitTrue(() -> delivery.progress().paused());
    Instant paused = delivery.progress().lastPoll();
    awaitTrue(() -> delivery.progress().lastPoll().isAfter(paused.plusSeconds(10)));
    assertEquals(0, completedIds().size());

    awaitTrue(
        () -> {
          answerer.releaseAll();
          return delivery.progress().completed() == 20;
        });
    assertEquals(0, delivery.progress().abandoned() + delivery.progress().aborts());
    assertEquals(20, answerer.taken().size());
    assertEquals(ids(0, 20).stream().sorted().toList(), completedIds());
  }

  @Test
  void anOffsetThatWasSetByAToolIsWhereWorkGoesOn() throws Exception {
    FakeAnswerer first = closeLater(slowHead());
    publishTo(0, ids(0, 10));
    config = config.toBuilder().shutdownTimeout(Duration.ofMillis(100)).build();
    Delivery delivery = start(first);
    awaitExactlyOneCompletionEach(ids(1, 10));
    delivery.stop();

    TopicPartition partition = new TopicPartition(config.topics().queries(), 0);
    try (var admin = new KafkaClients(config).admin()) {
      String metadata =
          admin
              .listConsumerGroupOffsets(config.group())
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition)
              .metadata();
      assertTrue(metadata.startsWith("heliograph1:"), metadata);
      admin
          .alterConsumerGroupOffsets(
              config.group(), Map.of(partition, new OffsetAndMetadata(5, metadata)))
          .all()
          .get();
    }
    FakeAnswerer second = closeLater(new FakeAnswerer());
    start(second);
    awaitTrue(() -> completedIds().size() == 14);
    assertEquals(ids(5, 10), second.taken());
  }

  /** Keeps q-0, or whatever is named slow, to itself. */
  private static FakeAnswerer slowHead() {
    return new FakeAnswerer(
        id -> id.equals("q-0") || id.startsWith("slow"), TestQueries::completed);
  }
}
