package dev.heliograph.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share group's configuration, which is the broker's and not the client's. Three of its
 * defaults do not fit a queue of queries: a new group starts at the end of the topic (what was
 * queued before the first worker would never be answered), it delivers records of aborted
 * transactions, and it gives a record up after 5 deliveries, of which each killed worker uses one.
 * The worker sets what nobody has set; where it may not, it says what is missing and goes on.
 */
final class ShareGroup {
  private static final Logger log = LoggerFactory.getLogger(ShareGroup.class);

  private static final String DELIVERY_LIMIT = "share.delivery.count.limit";

  /** The least that a broker permits: if nobody tells the limit, no record is given up late. */
  private static final int SMALLEST_LIMIT = 2;

  private static final Map<String, String> WANTED =
      Map.of(
          "share.auto.offset.reset",
          "earliest",
          "share.isolation.level",
          "read_committed",
          DELIVERY_LIMIT,
          "10");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ShareGroup() {}

  /**
   * Sets the group's configuration where it is permitted and not set yet.
   *
   * @return the number of the last delivery of a record that the broker permits; empty if no broker
   *     answers now: to take the smallest then would fail good queries for as long as the worker
   *     lives
   */
  static OptionalInt prepare(MessagingConfig config, KafkaClients clients)
      throws InterruptedException {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, config.group());
    Admin admin = clients.admin();
    try {
      Config current = describe(admin, group);
      for (Map.Entry<String, String> wanted : WANTED.entrySet()) {
        if (current.get(wanted.getKey()) == null || current.get(wanted.getKey()).isDefault()) {
          set(admin, group, wanted.getKey(), wanted.getValue());
        }
      }
      return OptionalInt.of(lastDelivery(describe(admin, group)));
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (isAway(cause)) {
        log.warn("No broker tells the configuration of group {}: {}", config.group(), "" + cause);
        return OptionalInt.empty();
      }
      log.warn(
          "The configuration of group {} cannot be read ({}): it must have {}; records are given up"
              + " at delivery {}",
          config.group(),
          cause.toString(),
          WANTED,
          SMALLEST_LIMIT);
      return OptionalInt.of(SMALLEST_LIMIT);
    } finally {
      admin.close(Duration.ZERO); // otherwise it waits for what no broker answers
    }
  }

  /** Whether asking again may help: the broker has not said no. */
  private static boolean isAway(Throwable cause) {
    return cause instanceof TimeoutException || cause instanceof RetriableException;
  }

  private static void set(Admin admin, ConfigResource group, String name, String value)
      throws InterruptedException, ExecutionException {
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    try {
      Collection<AlterConfigOp> operations = List.of(set);
      admin
          .incrementalAlterConfigs(Map.of(group, operations))
          .all()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      awaitValue(admin, group, name, value);
      log.info("Group {} has {}={} now", group.name(), name, value);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (e instanceof ExecutionException unanswered && isAway(cause)) {
        throw unanswered;
      }
      log.warn("Group {} should have {}={}: {}", group.name(), name, value, cause.toString());
    }
  }

  /** The controller has it at once, brokers a little later. */
  private static void awaitValue(Admin admin, ConfigResource group, String name, String value)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!value.equals(describe(admin, group).get(name).value())) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("no broker knows of it after " + PATIENCE);
      }
      Thread.sleep(20);
    }
  }

  private static int lastDelivery(Config described) {
    ConfigEntry limit = described.get(DELIVERY_LIMIT);
    return limit == null ? SMALLEST_LIMIT : Integer.parseInt(limit.value());
  }

  private static Config describe(Admin admin, ConfigResource group)
      throws InterruptedException, ExecutionException, TimeoutException {
    return admin
        .describeConfigs(List.of(group))
        .all()
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .get(group);
  }
}
