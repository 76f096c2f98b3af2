package dev.heliograph.app.worker;

import dev.heliograph.messaging.Delivery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What is wrong with a worker: with its life, which a restart would mend, and with its readiness.
 * From the start until {@link #running} it lives and is not ready. Thread-safe.
 */
final class WorkerHealth {
  /**
   * A loop or a batch that takes so long is stuck. A turn takes milliseconds, or some minutes of
   * time-outs while the broker is down; a batch takes seconds.
   */
  static final Duration STUCK = Duration.ofMinutes(4);

  private final Clock clock;
  private final List<Dependency> dependencies = new ArrayList<>();
  private volatile Supplier<List<String>> life = List::of;
  private volatile boolean running;

  WorkerHealth(Clock clock) {
    this.clock = clock;
  }

  /** Something that the worker needs to work; the check throws if it is not there. */
  private record Dependency(String name, Runnable check) {}

  /** To be called before {@link #running}. */
  void dependsOn(String name, Runnable check) {
    dependencies.add(new Dependency(name, check));
  }

  /** The worker has begun to consume. */
  void running(
      Delivery delivery, BooleanSupplier deviceLives, Supplier<Optional<Instant>> busySince) {
    life = () -> lifeProblems(delivery, deviceLives, busySince);
    running = true;
  }

  private List<String> lifeProblems(
      Delivery delivery, BooleanSupplier deviceLives, Supplier<Optional<Instant>> busySince) {
    List<String> problems = new ArrayList<>();
    if (!delivery.isRunning()) {
      problems.add("delivery has ended" + delivery.failure().map(e -> ": " + e).orElse(""));
    }
    Instant lastPoll = delivery.progress().lastPoll();
    if (isLongAgo(lastPoll)) {
      problems.add("the delivery loop has not come by since " + lastPoll);
    }
    if (!deviceLives.getAsBoolean()) {
      problems.add("the device thread has ended");
    }
    busySince
        .get()
        .filter(this::isLongAgo)
        .ifPresent(since -> problems.add("the device has been at one batch since " + since));
    return problems;
  }

  private boolean isLongAgo(Instant then) {
    return then.plus(STUCK).isBefore(clock.instant());
  }

  List<String> lifeProblems() {
    return life.get();
  }

  List<String> readinessProblems() {
    if (!running) {
      return List.of("the worker is starting");
    }
    List<String> problems = new ArrayList<>(lifeProblems());
    for (Dependency dependency : dependencies) {
      try {
        dependency.check.run();
      } catch (RuntimeException e) {
        problems.add(dependency.name + ": " + e.getMessage());
      }
    }
    return problems;
  }
}
