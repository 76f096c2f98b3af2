package dev.heliograph.app.audit;

import dev.heliograph.audit.Checkpoint;
import dev.heliograph.audit.LogCorruptException;
import dev.heliograph.audit.Sealer;
import dev.heliograph.audit.SealerConflictException;
import dev.heliograph.messaging.AttestationTopic;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals what waits, rests, and seals again. A store or broker that does not answer is asked again
 * after a pause; another sealer, or a log that contradicts itself, ends the loop.
 */
final class SealerLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(SealerLoop.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  private final Sealer sealer;
  private final AttestationTopic topic;
  private final Duration interval;
  private final CountDownLatch stopping = new CountDownLatch(1);

  private volatile long size;
  private volatile long passedOver;
  private volatile long turnNanos = System.nanoTime();
  private volatile Optional<String> problem = Optional.empty();
  private volatile @Nullable Throwable failure;

  SealerLoop(Sealer sealer, AttestationTopic topic, Duration interval) {
    this.sealer = sealer;
    this.topic = topic;
    this.interval = interval;
  }

  @Override
  public void run() {
    try (topic) {
      Duration pause = Duration.ZERO;
      while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = turn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      failure = e;
      log.error("The sealer ends", e);
    }
  }

  /** How long to wait for the next turn. */
  private Duration turn() throws SealerConflictException, LogCorruptException {
    turnNanos = System.nanoTime();
    try {
      long before = size;
      size = sealer.seal(topic).map(Checkpoint::size).orElse(0L);
      passedOver = topic.passedOver();
      problem = Optional.empty();
      return size > before ? Duration.ZERO : interval;
    } catch (SealerConflictException | LogCorruptException e) {
      throw e;
    } catch (IOException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
      log.warn("Nothing is sealed for now: {}", e.getMessage());
      return PAUSE_AFTER_FAILURE;
    }
  }

  /** What is being sealed is finished. */
  void stop() {
    stopping.countDown();
  }

  /** Entries of the log. */
  long size() {
    return size;
  }

  /** Events that said of no record where it is. */
  long passedOver() {
    return passedOver;
  }

  Duration sinceLastTurn() {
    return Duration.ofNanos(System.nanoTime() - turnNanos);
  }

  /** Why the last turn sealed nothing. */
  Optional<String> problem() {
    return problem;
  }

  /** Why the loop ended, if nobody stopped it. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }
}
