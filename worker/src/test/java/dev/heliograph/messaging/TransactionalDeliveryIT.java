package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
  void publishesNothingBehindAnUnfinishedQueryOfTheSamePartition() {
    FakeAnswerer answerer =
        closeLater(new FakeAnswerer(id -> id.equals("q-0"), TestQueries::completed));
    publishTo(0, ids(0, 3));
    publishTo(1, ids(3, 6));
    Delivery delivery = start(answerer);

    awaitExactlyOneCompletionEach(ids(3, 6));
    awaitTrue(() -> answerer.taken().size() == 6);
    assertEquals(3, delivery.progress().inFlight());
    answerer.release("q-0");
    awaitExactlyOneCompletionEach(ids(0, 6));
  }
}
