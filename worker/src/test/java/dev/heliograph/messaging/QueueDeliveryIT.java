package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.query.FailureCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;

/** What queue delivery promises, and what only it does. */
class QueueDeliveryIT extends DeliveryContract {
  @Override
  DeliveryLoop loop(KafkaClients clients, RecordAnswerer answerer, Clock clock) {
    return new QueueLoop(config, clients, answerer, this::checkBalance, clock);
  }

  @Test
  void moreWorkersThanPartitionsAllWork() {
    List<FakeAnswerer> answerers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answerers.add(closeLater(new FakeAnswerer(id -> true, TestQueries::completed)));
      start(answerers.get(i));
    }
    AtomicInteger queued = new AtomicInteger();
    // Two of the topic's partitions have records; who works holds what it takes.
    awaitTrue(
        () -> {
          int from = queued.getAndAdd(8);
          publishTo(0, ids(from, from + 4));
          publishTo(1, ids(from + 4, from + 8));
          return answerers.stream().allMatch(answerer -> !answerer.taken().isEmpty());
        });

    awaitTrue(
        () -> {
          answerers.forEach(FakeAnswerer::releaseAll);
          return completedIds().size() >= queued.get();
        });
    assertEquals(ids(0, queued.get()).stream().sorted().toList(), completedIds());
  }

  @Test
  void aSlowQueryHoldsUpFewOthersAndIsNotDeliveredAgainWhileItsLockIsRenewed() throws Exception {
    setGroupConfig("share.record.lock.duration.ms", "1000");
    FakeAnswerer slow =
        closeLater(new FakeAnswerer(id -> id.equals("q-0"), TestQueries::completed));
    publishTo(0, ids(0, 1));
    Delivery first = start(slow);
    awaitTrue(() -> slow.taken().equals(List.of("q-0")));
    FakeAnswerer quick = closeLater(new FakeAnswerer());
    Delivery second = start(quick);
    publishTo(0, ids(1, 20));

    // Each renewal is a third of a lock: four locks' time.
    awaitTrue(() -> first.progress().renewed() >= 12);
    awaitTrue(() -> completedIds().size() == 19);
    assertEquals(0, first.progress().abandoned());
    slow.release("q-0");

    awaitExactlyOneCompletionEach(ids(0, 20));
    assertTrue(!quick.taken().contains("q-0"), "was delivered again");
    assertEquals(20, first.progress().completed() + second.progress().completed());
  }

  @Test
  void whatAKilledWorkerHeldGoesToAnotherWithAHigherCount() throws Exception {
    setGroupConfig("share.record.lock.duration.ms", "1000");
    Set<Integer> counts = ConcurrentHashMap.newKeySet();
    FakeAnswerer held = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    publish(ids(0, 10));
    Delivery killed =
        start(
            query -> {
              if (held.taken().size() == 9) {
                throw new OutOfMemoryError("killed");
              }
              return held.answer(query);
            });
    awaitTrue(() -> !killed.isRunning());
    assertEquals(0, completedIds().size());
    assertEquals(killed.progress().received(), killed.progress().abandoned());

    FakeAnswerer other = closeLater(new FakeAnswerer());
    Delivery second = start(other, countingClients(counts));
    awaitExactlyOneCompletionEach(ids(0, 10));
    awaitTrue(() -> second.progress().completed() == 10);
    assertTrue(counts.stream().allMatch(count -> count > 1), "delivery counts " + counts);
  }

  @Test
  void aTransientFailureIsReleasedAndFailsAtTheLastAttemptWithADeadLetter() throws Exception {
    setGroupConfig("share.delivery.count.limit", "4");
    AtomicInteger mendsAfter = new AtomicInteger(2);
    FakeAnswerer answerer =
        closeLater(
            new FakeAnswerer(
                id -> false,
                (query, startedAt) ->
                    query.queryId().equals("q-1") && mendsAfter.getAndDecrement() <= 0
                        ? TestQueries.completed(query, startedAt)
                        : TestQueries.failed(query, startedAt, FailureCode.STORE_UNAVAILABLE)));
    publish(ids(0, 2));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(ids(0, 2));
    assertEquals(Outcome.COMPLETED, completion("q-1").getOutcome());
    QueryCompletion failed = completion("q-0");
    assertEquals(Outcome.FAILED, failed.getOutcome());
    assertEquals("STORE_UNAVAILABLE", failed.getFailure().getCode());
    // Of four deliveries three are attempts; the fourth would only say that there were so many.
    assertEquals(6, answerer.taken().size());
    awaitTrue(() -> delivery.progress().inFlight() == 0);
    assertEquals(4, delivery.progress().released());
    assertEquals(1, delivery.progress().completed());
    assertEquals(1, delivery.progress().failed());
    assertEquals(1, committed(config.topics().deadLetters()).size());
  }

  @Test
  void aRecordThatKillsItsWorkersFailsAtItsLastDelivery() throws Exception {
    setGroupConfig("share.delivery.count.limit", "3");
    publish(ids(0, 1));
    for (int i = 0; i < 2; i++) {
      Delivery killed =
          start(
              query -> {
                throw new OutOfMemoryError("killed");
              });
      awaitTrue(() -> !killed.isRunning());
    }
    FakeAnswerer last = closeLater(new FakeAnswerer());
    start(last);

    awaitExactlyOneCompletionEach(ids(0, 1));
    assertEquals(
        "delivered 3 times without an end: its workers died or hung",
        completion("q-0").getFailure().getMessage());
    assertEquals(List.of(), last.taken());
    assertEquals(1, committed(config.topics().deadLetters()).size());
  }

  @Test
  void aQueryWhoseAcknowledgementWasLostIsNotComputedAgain() throws Exception {
    setGroupConfig("share.record.lock.duration.ms", "1000");
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 10));
    Delivery delivery = start(answerer, clientsThatLose(AcknowledgeType.ACCEPT, 5));

    awaitExactlyOneCompletionEach(ids(0, 10));
    awaitTrue(() -> delivery.progress().duplicates() == 5);
    assertEquals(10, answerer.taken().size());
    assertEquals(10, delivery.progress().completed());
    assertEquals(15, delivery.progress().received());
    assertEquals(ids(0, 10).stream().sorted().toList(), completedIds());
  }

  @Test
  void aQueryWhoseLockIsLostIsCancelledAndAnsweredAtItsNextDelivery() throws Exception {
    setGroupConfig("share.record.lock.duration.ms", "1000");
    AtomicInteger deliveries = new AtomicInteger();
    FakeAnswerer answerer =
        closeLater(
            new FakeAnswerer(id -> deliveries.incrementAndGet() == 1, TestQueries::completed));
    publish(ids(0, 1));
    Delivery delivery = start(answerer, clientsThatLose(AcknowledgeType.RENEW, 1));

    awaitExactlyOneCompletionEach(ids(0, 1));
    assertEquals(List.of("q-0", "q-0"), answerer.taken());
    assertEquals(List.of("q-0"), answerer.cancelled());
    assertEquals(1, delivery.progress().abandoned());
    assertTrue(delivery.isRunning());
  }

  @Test
  void duplicatesOfACompletionShareTheirId() throws Exception {
    setGroupConfig("share.record.lock.duration.ms", "1000");
    publish(ids(0, 4));
    FakeAnswerer first = closeLater(new FakeAnswerer());
    Delivery forgetful =
        start(
            first,
            faultyClients(
                (consumer, record, type) -> {
                  if (type == AcknowledgeType.ACCEPT) {
                    throw new OutOfMemoryError("killed after publishing");
                  }
                  consumer.acknowledge(record, type);
                }));
    awaitTrue(() -> !forgetful.isRunning());
    assertTrue(forgetful.progress().completed() > 0);
    FakeAnswerer second = closeLater(new FakeAnswerer());
    Delivery delivery = start(second);
    awaitTrue(() -> delivery.progress().completed() == 4);

    Map<String, Set<String>> ceIds =
        committed(config.topics().completions()).stream()
            .collect(
                Collectors.groupingBy(
                    record -> new String(record.key(), UTF_8),
                    Collectors.mapping(record -> text(record, "ce_id"), Collectors.toSet())));
    assertEquals(Set.copyOf(ids(0, 4)), ceIds.keySet());
    ceIds.forEach((id, ofQuery) -> assertEquals(Set.of(id + "/completion"), ofQuery));
    // What was published when the loop died, and not counted any more, is there too.
    int published = committed(config.topics().completions()).size();
    assertTrue(published >= 4 + forgetful.progress().completed(), published + " completions");
  }

  @Test
  void stoppingReleasesWhatDoesNotEndInTime() throws Exception {
    FakeAnswerer stuck = closeLater(new FakeAnswerer(id -> true, TestQueries::completed));
    setGroupConfig("share.record.lock.duration.ms", "3600000");
    publish(ids(0, 5));
    config = config.toBuilder().shutdownTimeout(Duration.ofMillis(100)).build();
    Delivery first = start(stuck);
    awaitTrue(() -> stuck.taken().size() == 5);
    first.stop();
    assertEndedWell(first);
    assertEquals(5, first.progress().released());
    assertEquals(0, first.progress().abandoned());

    // Locks last so long that only a release lets others have the records in time.
    FakeAnswerer quick = closeLater(new FakeAnswerer());
    start(quick);
    awaitExactlyOneCompletionEach(ids(0, 5));
  }

  private void setGroupConfig(String name, String value) throws Exception {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, config.group());
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    try (var admin = new KafkaClients(config).admin()) {
      admin.incrementalAlterConfigs(Map.of(group, List.of(set))).all().get();
      awaitTrue(
          () ->
              value.equals(
                  admin.describeConfigs(List.of(group)).all().get().get(group).get(name).value()));
    }
  }

  /** Comes between the worker and its real share consumers. */
  private interface Acknowledging {
    void acknowledge(
        ShareConsumer<byte[], byte[]> real,
        ConsumerRecord<byte[], byte[]> record,
        AcknowledgeType type);
  }

  private KafkaClients countingClients(Set<Integer> deliveryCounts) {
    return faultyClients(
        (real, record, type) -> {
          deliveryCounts.add((int) record.deliveryCount().orElseThrow());
          real.acknowledge(record, type);
        });
  }

  private KafkaClients faultyClients(Acknowledging acknowledging) {
    return new KafkaClients(config) {
      @Override
      ShareConsumer<byte[], byte[]> shareConsumer() {
        return faulty(super.shareConsumer(), acknowledging, callback -> callback);
      }
    };
  }

  /**
   * The broker never hears of the first acknowledgements of a type: the client is told so, the
   * record comes again.
   */
  private KafkaClients clientsThatLose(AcknowledgeType lostType, int count) {
    AtomicInteger left = new AtomicInteger(count);
    Set<RecordAddress> lost = ConcurrentHashMap.newKeySet();
    Acknowledging losing =
        (real, record, type) -> {
          boolean loses = type == lostType && left.getAndDecrement() > 0;
          if (loses) {
            lost.add(RecordAddress.of(record));
          }
          real.acknowledge(record, loses ? AcknowledgeType.RELEASE : type);
        };
    UnaryOperator<AcknowledgementCommitCallback> telling =
        callback ->
            (offsets, error) ->
                offsets.forEach(
                    (partition, ofPartition) ->
                        ofPartition.forEach(
                            offset ->
                                callback.onComplete(
                                    Map.of(partition, Set.of(offset)),
                                    lost.remove(
                                            new RecordAddress(
                                                partition.topic(), partition.partition(), offset))
                                        ? new DisconnectException("lost")
                                        : error)));
    return new KafkaClients(config) {
      @Override
      ShareConsumer<byte[], byte[]> shareConsumer() {
        return faulty(super.shareConsumer(), losing, telling);
      }
    };
  }

  @SuppressWarnings("unchecked") // a proxy of the raw interface
  private static ShareConsumer<byte[], byte[]> faulty(
      ShareConsumer<byte[], byte[]> real,
      Acknowledging acknowledging,
      UnaryOperator<AcknowledgementCommitCallback> callbacks) {
    return (ShareConsumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            ShareConsumer.class.getClassLoader(),
            new Class<?>[] {ShareConsumer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("acknowledge") && arguments.length == 2) {
                acknowledging.acknowledge(
                    real,
                    (ConsumerRecord<byte[], byte[]>) arguments[0],
                    (AcknowledgeType) arguments[1]);
                return null;
              }
              if (method.getName().equals("setAcknowledgementCommitCallback")) {
                real.setAcknowledgementCommitCallback(
                    callbacks.apply((AcknowledgementCommitCallback) arguments[0]));
                return null;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
