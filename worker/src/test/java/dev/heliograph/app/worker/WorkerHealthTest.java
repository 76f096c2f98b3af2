package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.messaging.Delivery;
import dev.heliograph.messaging.DeliveryProgress;
import dev.heliograph.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerHealthTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration TOO_LONG = WorkerHealth.STUCK.plusMillis(1);

  private final MutableClock clock = new MutableClock(NOW);
  private final FakeDelivery delivery = new FakeDelivery();
  private final WorkerHealth health = new WorkerHealth(clock);
  private boolean deviceLives = true;
  private Optional<Instant> busySince = Optional.empty();

  @Test
  void aStartingWorkerLivesAndIsNotReadyHoweverLongItTakes() {
    clock.advance(Duration.ofHours(1));
    assertEquals(List.of(), health.lifeProblems());
    assertEquals(List.of("the worker is starting"), health.readinessProblems());
  }

  @Test
  void aWorkerWithAllItNeedsIsReady() {
    health.dependsOn("Kafka", () -> {});
    begin();
    busySince = Optional.of(NOW);
    assertEquals(List.of(), health.readinessProblems());
  }

  @Test
  void namesTheDependencyThatIsAway() {
    health.dependsOn("object store", () -> {});
    health.dependsOn(
        "Kafka",
        () -> {
          throw new IllegalStateException("no answer");
        });
    begin();
    assertEquals(List.of("Kafka: no answer"), health.readinessProblems());
    assertEquals(List.of(), health.lifeProblems());
  }

  @Test
  void aLoopThatEndedOrIsStuckIsNoLife() {
    begin();
    delivery.failure = Optional.of(new IllegalStateException("8 transactions failed"));
    assertDead("delivery has ended: java.lang.IllegalStateException: 8 transactions failed");

    delivery.failure = Optional.empty();
    clock.advance(TOO_LONG);
    assertDead("the delivery loop has not come by since " + NOW);
  }

  @Test
  void aDeviceThatEndedOrIsStuckIsNoLife() {
    begin();
    deviceLives = false;
    assertDead("the device thread has ended");

    deviceLives = true;
    busySince = Optional.of(NOW);
    clock.advance(TOO_LONG);
    delivery.lastPoll = clock.instant();
    assertDead("the device has been at one batch since " + NOW);
  }

  private void assertDead(String problem) {
    assertEquals(List.of(problem), health.lifeProblems());
    assertEquals(List.of(problem), health.readinessProblems());
  }

  private void begin() {
    health.running(delivery, () -> deviceLives, () -> busySince);
  }

  private static final class FakeDelivery implements Delivery {
    private Optional<Throwable> failure = Optional.empty();
    private Instant lastPoll = NOW;

    @Override
    public void stop() {}

    @Override
    public void hurry() {}

    @Override
    public boolean isRunning() {
      return failure.isEmpty();
    }

    @Override
    public Optional<Throwable> failure() {
      return failure;
    }

    @Override
    public DeliveryProgress progress() {
      return DeliveryProgress.none(lastPoll);
    }
  }
}
