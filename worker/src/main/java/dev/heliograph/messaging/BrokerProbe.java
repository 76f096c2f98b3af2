package dev.heliograph.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Asks whether Kafka answers and has the topics that a worker reads and writes. The delivery loop
 * does not tell: it polls on while no broker is there, and tries on while a topic is missing.
 * Thread-safe.
 */
public final class BrokerProbe implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 5;

  private final List<String> needed;
  private final Admin admin;

  /**
   * @param recording whether outcomes are recorded, for which there must be a topic too
   */
  public BrokerProbe(MessagingConfig config, boolean recording) {
    Topics topics = config.topics();
    List<String> all = new ArrayList<>(topics.consumed());
    all.add(topics.completions());
    all.add(topics.deadLetters());
    if (recording) {
      all.add(topics.attestations());
    }
    this.needed = List.copyOf(all);
    this.admin = new KafkaClients(config).admin();
  }

  /**
   * Returns within some seconds if all is well.
   *
   * @throws MessagingException saying what is not
   */
  public void probe() {
    try {
      admin.describeTopics(needed).allTopicNames().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException | KafkaException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(e);
    }
  }

  private static MessagingException failure(Throwable cause) {
    String reason = cause.getMessage() == null ? "no answer" : cause.getMessage();
    return new MessagingException(reason, cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
