package dev.heliograph.messaging;

import dev.heliograph.events.codec.Framing;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * How Heliograph talks to Kafka. The three options that matter: {@code bootstrapServers}, {@code
 * group} (workers of one group share the queries) and {@code maxInFlightQueries}.
 *
 * @param bootstrapServers host:port, separated by commas
 * @param topics where events are
 * @param group consumer group of the workers
 * @param groupProtocol CLASSIC (cooperative-sticky, any broker) or CONSUMER (KIP-848, brokers from
 *     4.0), where the broker computes the assignment
 * @param transactionalIdPrefix of the producers' transactional ids, for access control lists; each
 *     worker appends its own random part
 * @param worker this worker's name, in dead letters and logs
 * @param framing of produced events; both framings are read
 * @param maxInFlightQueries taken up and not yet published, finished or not. More keeps the device
 *     busy behind one slow query; each costs the bytes of its record
 * @param maxInFlightBytes of such records (inline images). Consumption pauses when it is reached;
 *     one poll, a quarter of {@code maxInFlightQueries} records, can pass it
 * @param maxRecordBytes largest record that is produced. Must hold any consumed record plus 64 KiB,
 *     or its dead letter goes out without its value
 * @param pollTimeout how long the loop waits for records, and so at most before it publishes
 *     finished queries; shorter lowers latency, longer makes fewer and larger transactions
 * @param transactionTimeout after which the broker aborts a transaction of a dead worker; until
 *     then read-committed readers of the same partitions wait
 * @param shutdownTimeout how long stopping waits for queries in flight
 * @param clientProperties passed to every Kafka client (TLS, SASL, ...); the prefixes {@code
 *     consumer.}, {@code producer.} and {@code admin.} address one kind only
 */
public record MessagingConfig(
    String bootstrapServers,
    Topics topics,
    String group,
    GroupProtocol groupProtocol,
    String transactionalIdPrefix,
    String worker,
    Framing framing,
    int maxInFlightQueries,
    long maxInFlightBytes,
    int maxRecordBytes,
    Duration pollTimeout,
    Duration transactionTimeout,
    Duration shutdownTimeout,
    Map<String, String> clientProperties) {

  /** Who assigns partitions to workers. */
  public enum GroupProtocol {
    CLASSIC,
    CONSUMER
  }

  /** A broker takes 200 members in a share group unless {@code group.share.max.size} says more. */
  private static final int MAX_SHARE_CONSUMERS = 8;

  private static final int MIN_RECORD_BYTES = 64 * 1024;

  public MessagingConfig {
    requireText(bootstrapServers, "bootstrapServers");
    Objects.requireNonNull(topics, "topics");
    requireText(group, "group");
    Objects.requireNonNull(groupProtocol, "groupProtocol");
    requireText(transactionalIdPrefix, "transactionalIdPrefix");
    requireText(worker, "worker");
    Objects.requireNonNull(framing, "framing");
    // Each of two lanes needs a place of its own.
    requireRange(maxInFlightQueries, topics.consumed().size(), 100_000, "maxInFlightQueries");
    requireRange(maxInFlightBytes, 1, Long.MAX_VALUE, "maxInFlightBytes");
    requireRange(maxRecordBytes, MIN_RECORD_BYTES, 1 << 30, "maxRecordBytes");
    requirePositive(pollTimeout, Duration.ofSeconds(10), "pollTimeout");
    requirePositive(transactionTimeout, Duration.ofMinutes(15), "transactionTimeout");
    requirePositive(shutdownTimeout, Duration.ofHours(1), "shutdownTimeout");
    ClientProperties.requireFree(clientProperties);
    ClientProperties.requireKnownTo(groupProtocol, clientProperties);
    clientProperties = Map.copyOf(clientProperties);
  }

  /** Everything at its default. */
  public static MessagingConfig of(String bootstrapServers) {
    return builder(bootstrapServers).build();
  }

  /** Everything at its default, to begin with. */
  public static MessagingConfigBuilder builder(String bootstrapServers) {
    return new MessagingConfigBuilder(bootstrapServers);
  }

  /** The same, to begin with. */
  public MessagingConfigBuilder toBuilder() {
    return new MessagingConfigBuilder(this);
  }

  /** A quarter of what may be in flight, so that there is a next poll to look forward to. */
  int maxPollRecords() {
    return Math.max(1, maxInFlightQueries / 4);
  }

  /** What each of two lanes leaves to the other, see {@link Lanes}. */
  int laneReserve() {
    return Math.max(1, maxInFlightQueries / 4);
  }

  /** Of the {@link #shareConsumers}, if there is an interactive lane; the others are for batch. */
  int interactiveShareConsumers() {
    return shareConsumers() - Math.max(1, shareConsumers() / 4);
  }

  /** In queue delivery, where each fetches anew when all that it holds is answered. */
  int shareConsumers() {
    return Math.min(MAX_SHARE_CONSUMERS, maxInFlightQueries);
  }

  /** Most records that one of them holds, so that together they hold what may be in flight. */
  int shareConsumerRecords() {
    return maxInFlightQueries / shareConsumers();
  }

  /** Client properties by name only: their values may be passwords. */
  @Override
  public String toString() {
    return String.format(
        "MessagingConfig[%s, %s, group=%s (%s), worker=%s, properties=%s]",
        bootstrapServers, topics, group, groupProtocol, worker, clientProperties.keySet());
  }

  private static void requireText(String value, String name) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + ": is empty");
    }
  }

  private static void requireRange(long value, long min, long max, String name) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " is not in " + min + ".." + max);
    }
  }

  private static void requirePositive(Duration value, Duration max, String name) {
    if (value.toMillis() < 1 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " is not in PT0.001S.." + max);
    }
  }
}
