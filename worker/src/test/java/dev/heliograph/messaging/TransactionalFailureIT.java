package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Transactions that fail, at every point where they can. */
class TransactionalFailureIT extends BrokerFixture {

  @Test
  void aWorkerKilledBeforeItsCommitPublishesNothingAndAnotherAnswersEverything() {
    publish(ids(0, 30));
    FakeAnswerer firstAnswerer = closeLater(new FakeAnswerer());
    Delivery killed =
        start(
            firstAnswerer,
            clients(
                (method, call) -> {
                  if (method.equals("commitTransaction")) {
                    throw new OutOfMemoryError("killed before the commit");
                  }
                  return call.run();
                }));
    awaitTrue(() -> !killed.isRunning());
    assertInstanceOf(OutOfMemoryError.class, killed.failure().orElseThrow());
    assertTrue(firstAnswerer.taken().size() > 0);
    assertEquals(0, completedIds().size());
    assertEquals(0, killed.progress().completed());
    assertEquals(killed.progress().received(), killed.progress().abandoned());

    FakeAnswerer secondAnswerer = closeLater(new FakeAnswerer());
    start(secondAnswerer);
    awaitExactlyOneCompletionEach(ids(0, 30));
    assertEquals(30, secondAnswerer.taken().size());
  }

  @Test
  void aFencedProducerIsReplacedAndNothingIsLostOrPublishedTwice() {
    AtomicReference<String> transactionalId = new AtomicReference<>();
    AtomicInteger producers = new AtomicInteger();
    KafkaClients clients =
        new KafkaClients(config) {
          @Override
          Producer<byte[], byte[]> transactionalProducer(String id) {
            transactionalId.set(id);
            producers.incrementAndGet();
            return super.transactionalProducer(id);
          }
        };
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 20));
    Delivery delivery = start(answerer, clients);
    awaitExactlyOneCompletionEach(ids(0, 20));

    try (Producer<byte[], byte[]> usurper =
        new KafkaClients(config).transactionalProducer(transactionalId.get())) {
      usurper.initTransactions();
    }
    publish(ids(20, 40));

    awaitExactlyOneCompletionEach(ids(0, 40));
    awaitTrue(() -> delivery.progress().completed() == 40);
    assertEquals(2, producers.get());
    assertEquals(1, delivery.progress().aborts());
    assertEquals(40, answerer.taken().size());
  }

  @Test
  void aTransactionThatWasAbortedIsTriedAgainWithTheSameOutcomes() {
    AtomicInteger commits = new AtomicInteger();
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 20));
    Delivery delivery =
        start(
            answerer,
            clients(
                (method, call) -> {
                  if (method.equals("commitTransaction") && commits.incrementAndGet() <= 3) {
                    throw new TimeoutException("the broker is slow");
                  }
                  return call.run();
                }));
    awaitExactlyOneCompletionEach(ids(0, 20));
    awaitTrue(() -> delivery.progress().completed() == 20);
    assertEquals(20, answerer.taken().size());
    assertEquals(3, delivery.progress().aborts());
  }

  @Test
  void aCommitWhoseAnswerIsLostIsNotPublishedAgain() {
    AtomicInteger commits = new AtomicInteger();
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 20));
    Delivery delivery =
        start(
            answerer,
            clients(
                (method, call) -> {
                  Object result = call.run();
                  if (method.equals("commitTransaction") && commits.incrementAndGet() <= 2) {
                    throw new TimeoutException("the answer to the commit is lost");
                  }
                  return result;
                }));
    awaitExactlyOneCompletionEach(ids(0, 20));
    awaitTrue(() -> delivery.progress().completed() == 20);
    assertEquals(ids(0, 20).stream().sorted().toList(), completedIds());
    assertEquals(20, answerer.taken().size());
    assertEquals(2, delivery.progress().aborts());
  }

  @Test
  void aLostAnswerToACommitBehindASlowQueryIsNotPublishedAgain() {
    AtomicInteger commits = new AtomicInteger();
    FakeAnswerer answerer =
        closeLater(new FakeAnswerer(id -> id.equals("q-0"), TestQueries::completed));
    publish(ids(0, 20));
    Delivery delivery =
        start(
            answerer,
            clients(
                (method, call) -> {
                  Object result = call.run();
                  if (method.equals("commitTransaction") && commits.incrementAndGet() <= 2) {
                    throw new TimeoutException("the answer to the commit is lost");
                  }
                  return result;
                }));
    awaitExactlyOneCompletionEach(ids(1, 20));
    awaitTrue(() -> delivery.progress().completed() == 19);
    answerer.release("q-0");
    awaitExactlyOneCompletionEach(ids(0, 20));
    awaitTrue(() -> delivery.progress().completed() == 20);
    assertEquals(20, answerer.taken().size());
  }

  @Test
  void aWorkerWhoseTransactionsAllFailEndsWithAnError() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    publish(ids(0, 5));
    Delivery delivery =
        start(
            answerer,
            clients(
                (method, call) -> {
                  if (method.equals("sendOffsetsToTransaction")) {
                    throw new TimeoutException("the coordinator is gone");
                  }
                  return call.run();
                }));
    awaitTrue(() -> !delivery.isRunning());
    Throwable failure = delivery.failure().orElseThrow();
    assertEquals("8 transactions failed one after the other", failure.getMessage());
    assertInstanceOf(TimeoutException.class, failure.getCause());
    assertEquals(0, completedIds().size());
    assertEquals(8, delivery.progress().aborts());
  }

  /** Comes between the worker and its real producer. */
  private interface Fault {
    Object around(String method, Call call) throws Throwable;
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private KafkaClients clients(Fault fault) {
    return new KafkaClients(config) {
      @Override
      Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        Producer<byte[], byte[]> real = super.transactionalProducer(transactionalId);
        return faulty(real, fault);
      }
    };
  }

  @SuppressWarnings("unchecked") // a proxy of the raw interface
  private static Producer<byte[], byte[]> faulty(Producer<byte[], byte[]> real, Fault fault) {
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            Producer.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, arguments) ->
                fault.around(
                    method.getName(),
                    () -> {
                      try {
                        // A worker that is killed does not get to abort what it left open.
                        return method.getName().equals("close")
                            ? close(real)
                            : method.invoke(real, arguments);
                      } catch (InvocationTargetException e) {
                        throw e.getCause();
                      }
                    }));
  }

  private static Object close(Producer<byte[], byte[]> real) {
    real.close(Duration.ZERO);
    return null;
  }
}
