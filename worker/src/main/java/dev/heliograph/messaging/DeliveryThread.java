package dev.heliograph.messaging;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a delivery's loop on a thread and tells how it ended. Thread-safe. */
final class DeliveryThread implements Delivery {
  private static final Logger log = LoggerFactory.getLogger(DeliveryThread.class);

  /** For the last transaction and for leaving the group, beyond the queries in flight. */
  private static final Duration CLOSING = Duration.ofSeconds(60);

  private final DeliveryLoop loop;
  private final Duration shutdownTimeout;
  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private DeliveryThread(DeliveryLoop loop, Duration shutdownTimeout) {
    this.loop = loop;
    this.shutdownTimeout = shutdownTimeout;
    this.thread = new Thread(this::run, "heliograph-delivery");
  }

  static DeliveryThread start(DeliveryLoop loop, Duration shutdownTimeout) {
    DeliveryThread delivery = new DeliveryThread(loop, shutdownTimeout);
    delivery.thread.start();
    return delivery;
  }

  /** Also notes an Error: the thread ends with it, and health turns red. */
  private void run() {
    try {
      loop.run();
    } catch (Throwable e) {
      failure = e;
      log.error("delivery ended by a failure", e);
    }
  }

  @Override
  public void stop() {
    loop.stop();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(shutdownTimeout.plus(CLOSING).toMillis());
      if (thread.isAlive()) {
        log.warn("delivery does not end by itself, it is interrupted");
        thread.interrupt();
        thread.join(CLOSING.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void hurry() {
    loop.hurry();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive();
  }

  @Override
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public DeliveryProgress progress() {
    return loop.progress();
  }
}
