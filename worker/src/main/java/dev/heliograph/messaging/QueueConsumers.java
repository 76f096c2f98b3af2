package dev.heliograph.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share consumers of one worker. Several, because each fetches anew only when all that it holds
 * is settled: a slow query holds up the few records that came with it, and nobody else's. Belongs
 * to the loop thread.
 */
final class QueueConsumers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueConsumers.class);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final MessagingConfig config;
  private final List<QueueConsumer> consumers = new ArrayList<>();

  QueueConsumers(MessagingConfig config) {
    this.config = config;
  }

  void open(KafkaClients clients, QueueConsumer.Listener listener) {
    for (int i = 0; i < config.shareConsumers(); i++) {
      consumers.add(new QueueConsumer(clients.shareConsumer(), topic(i), listener));
    }
  }

  /**
   * The first are the interactive lane's, if there is one. The shares are fixed, because a consumer
   * of both topics cannot be told which to ask first.
   */
  private String topic(int consumer) {
    return config
        .topics()
        .interactive()
        .filter(topic -> consumer < config.interactiveShareConsumers())
        .orElse(config.topics().queries());
  }

  /** Most records that all of them can hold. */
  int capacity() {
    return consumers.size() * config.shareConsumerRecords();
  }

  /**
   * Takes new records.
   *
   * @param more asked before each consumer's turn: whether it may ask the broker for any
   */
  void take(BooleanSupplier more, Consumer<QueueEntry> taken) {
    for (QueueConsumer consumer : consumers) {
      consumer.take(more.getAsBoolean()).forEach(taken);
    }
  }

  /** Acknowledges what is settled, and renews the other locks where it is time. */
  void acknowledge() {
    consumers.forEach(QueueConsumer::acknowledge);
  }

  /** Whether any holds a record that is not acknowledged. */
  boolean isHolding() {
    return consumers.stream().anyMatch(consumer -> !consumer.held().isEmpty());
  }

  /** Lets those leave the group that hold nothing. */
  void closeIdle() {
    close(consumers.stream().filter(consumer -> consumer.held().isEmpty()).toList());
  }

  /** Lets all leave the group; the broker releases what they hold. */
  @Override
  public void close() {
    close(List.copyOf(consumers));
  }

  /**
   * Those first that hold nothing: their fetches would take what the others give back, and so use
   * up a delivery.
   */
  private void close(List<QueueConsumer> leaving) {
    long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    consumers.removeAll(leaving);
    List<QueueConsumer> idleFirst = new ArrayList<>(leaving);
    idleFirst.sort(Comparator.comparing(consumer -> !consumer.held().isEmpty()));
    for (QueueConsumer consumer : idleFirst) {
      try {
        consumer.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      } catch (RuntimeException e) {
        log.warn("a share consumer cannot be closed: {}", e.toString());
      }
    }
  }
}
