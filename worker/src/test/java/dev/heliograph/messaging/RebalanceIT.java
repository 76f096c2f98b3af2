package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers come and go while queries run: every query has exactly one committed completion. */
class RebalanceIT extends BrokerFixture {
  @ParameterizedTest
  @EnumSource
  void everyQueryHasOneCompletionWhileWorkersComeAndGo(MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 16);
    FakeAnswerer firstAnswerer = closeLater(new FakeAnswerer());
    FakeAnswerer secondAnswerer = closeLater(new FakeAnswerer());
    FakeAnswerer thirdAnswerer = closeLater(new FakeAnswerer());
    Delivery first = start(firstAnswerer);
    publishUntil(() -> first.progress().completed() >= 20);
    Delivery second = start(secondAnswerer);
    publishUntil(() -> second.progress().completed() >= 20);
    Thread leaving = new Thread(first::stop);
    leaving.start();
    publishUntil(() -> !first.isRunning());
    Delivery third = start(thirdAnswerer);
    publishUntil(() -> third.progress().completed() >= 20 && published() >= 200);

    awaitExactlyOneCompletionEach(ids(0, published()));
    awaitTrue(() -> second.progress().inFlight() + third.progress().inFlight() == 0);
    second.stop();
    third.stop();
    assertEndedWell(first);
    assertEndedWell(second);
    assertEndedWell(third);
    assertEquals(
        published(),
        first.progress().completed()
            + second.progress().completed()
            + third.progress().completed());
  }

  @ParameterizedTest
  @EnumSource
  void queriesOfARevokedPartitionAreCancelledAndTheirLateResultsIgnored(
      MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 64);
    FakeAnswerer slow = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    FakeAnswerer quick = closeLater(new FakeAnswerer());
    publish(ids(0, 40));
    Delivery first = start(slow);
    awaitTrue(() -> slow.taken().size() == 40);

    Delivery second = start(quick);
    awaitTrue(() -> first.progress().abandoned() > 0);
    awaitTrue(() -> second.progress().completed() == first.progress().abandoned());
    assertEquals(
        quick.taken().stream().sorted().toList(), slow.cancelled().stream().sorted().toList());
    slow.releaseAll();

    awaitExactlyOneCompletionEach(ids(0, 40));
    awaitTrue(() -> first.progress().inFlight() == 0);
    assertEquals(40, first.progress().completed() + second.progress().completed());
    assertEquals(first.progress().abandoned(), second.progress().completed());
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerTakenForDeadThatComesBackPublishesNothing(MessagingConfig.GroupProtocol protocol) {
    config = config(config.topics(), config.group(), protocol, 64);
    publish(ids(0, 12));
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch awake = new CountDownLatch(1);
    Delivery zombie =
        start(
            query -> {
              asleep.countDown();
              awaitUninterruptibly(awake); // blocks the loop, as a long pause of the JVM does
              return CompletableFuture.completedFuture(TestQueries.completed(query, Instant.now()));
            },
            new KafkaClients(withClientProperty("consumer.max.poll.interval.ms", "2000")));
    awaitTrue(() -> asleep.getCount() == 0);

    FakeAnswerer quick = closeLater(new FakeAnswerer());
    Delivery other = start(quick);
    try {
      awaitExactlyOneCompletionEach(ids(0, 12));
    } finally {
      awake.countDown();
    }

    // It has outcomes and still believes to be a member: it tries to publish them, and is refused.
    awaitTrue(() -> zombie.progress().aborts() > 0);
    awaitTrue(() -> zombie.progress().abandoned() == zombie.progress().received());
    assertTrue(zombie.progress().abandoned() > 0);
    assertEquals(0, zombie.progress().completed());
    assertTrue(zombie.isRunning());
    assertEquals(ids(0, 12).stream().sorted().toList(), completedIds());
    assertEquals(12, other.progress().completed());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
