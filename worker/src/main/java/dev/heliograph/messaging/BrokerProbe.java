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
 * Asks whether Kafka answers and has the topics of queries and completions. The delivery loop does
 * not tell: it polls on while no broker is there. Thread-safe.
 */
public final class BrokerProbe implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 5;

  private final Topics topics;
  private final Admin admin;

  public BrokerProbe(MessagingConfig config) {
    this.topics = config.topics();
    this.admin = new KafkaClients(config).admin();
  }

  /**
   * Returns within some seconds if all is well.
   *
   * @throws MessagingException saying what is not
   */
  public void probe() {
    try {
      admin
          .describeTopics(topics())
          .allTopicNames()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException | KafkaException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(e);
    }
  }

  private List<String> topics() {
    List<String> all = new ArrayList<>(topics.consumed());
    all.add(topics.completions());
    return all;
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
