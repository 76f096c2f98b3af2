package dev.heliograph.messaging;

import dev.heliograph.events.codec.SchemaIdResolver;
import java.time.Clock;
import java.util.Optional;

/**
 * Takes queries from Kafka to a {@link QueryAnswerer} and its outcomes back, from the moment it is
 * made until it is stopped, on a thread of its own.
 */
public interface Delivery extends AutoCloseable {

  /** What is promised, and on which broker. */
  enum Kind {
    /**
     * By a consumer group, with completions, dead letters and offsets in one transaction: exactly
     * one completion per consumed query for read-committed readers. See {@link TransactionalLoop}
     * for how.
     */
    TRANSACTIONAL,
    /**
     * By a share group (KIP-932, brokers from 4.2): each query is acknowledged by itself, after its
     * completion is published. At least one completion per query, and duplicates share their {@code
     * ce_id}; more workers than partitions all work. See {@link QueueLoop} for how.
     */
    QUEUE;

    /**
     * To be asked before anything is started.
     *
     * @throws IllegalArgumentException if Kafka's clients have no use for one of the properties in
     *     a delivery of this kind
     */
    public void check(MessagingConfig config) {
      if (this == QUEUE) {
        ClientProperties.requireKnownToShareGroups(config.clientProperties());
      }
    }
  }

  /**
   * Starts the delivery of this kind.
   *
   * @param ids to read, and if so configured to write, the Confluent wire format
   * @param recorder keeps a record of each outcome before it is published, or {@link
   *     OutcomeRecorder#NONE}
   * @throws IllegalArgumentException if Kafka's clients do not accept the configuration
   */
  static Delivery start(
      Kind kind,
      MessagingConfig config,
      SchemaIdResolver ids,
      QueryAnswerer answerer,
      OutcomeRecorder recorder,
      DeliveryListener listener,
      Clock clock) {
    kind.check(config);
    KafkaClients clients = new KafkaClients(config);
    RecordAnswerer records = new RecordAnswerer(config, ids, answerer, recorder, clock);
    DeliveryLoop loop =
        switch (kind) {
          case TRANSACTIONAL -> new TransactionalLoop(config, clients, records, listener, clock);
          case QUEUE -> new QueueLoop(config, clients, records, listener, clock);
        };
    return DeliveryThread.start(loop, config.shutdownTimeout());
  }

  /**
   * Stops taking up queries, waits for those in flight up to the shutdown timeout, publishes what
   * is finished and leaves the group. Returns when that is done; called again, it waits for the
   * same end. What is left in flight is read again by another worker.
   */
  void stop();

  /**
   * Lets a {@link #stop} that waits for queries in flight wait no longer: what is finished is
   * published, the rest is left to other workers. Returns at once.
   */
  void hurry();

  /** Whether the loop runs; false after the stop and after a failure. */
  boolean isRunning();

  /** Why the loop ended, if not because of {@link #stop}. */
  Optional<Throwable> failure();

  /** As of the last turn of the loop. Thread-safe. */
  DeliveryProgress progress();

  /** The same as {@link #stop}. */
  @Override
  default void close() {
    stop();
  }
}
