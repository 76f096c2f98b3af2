package dev.heliograph.app.worker;

import dev.heliograph.messaging.Backlog;
import dev.heliograph.messaging.MessagingException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backlog as of some seconds ago, so that no scrape waits for the broker; NaN while the broker
 * does not tell it.
 */
final class BacklogGauge implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BacklogGauge.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Backlog backlog;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(BacklogGauge::thread);
  private volatile double value = Double.NaN;
  private boolean failing;

  private BacklogGauge(Backlog backlog) {
    this.backlog = backlog;
  }

  /** Begins to ask, and closes the backlog when it is closed. */
  static BacklogGauge start(Backlog backlog) {
    BacklogGauge gauge = new BacklogGauge(backlog);
    var unused =
        gauge.thread.scheduleWithFixedDelay(
            gauge::refresh, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return gauge;
  }

  double value() {
    return value;
  }

  private void refresh() {
    try {
      value = backlog.measure();
      failing = false;
    } catch (MessagingException e) {
      value = Double.NaN;
      if (!failing && !thread.isShutdown()) {
        log.warn("{}", e.getMessage());
      }
      failing = true;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    backlog.close();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "heliograph-backlog");
    thread.setDaemon(true);
    return thread;
  }
}
