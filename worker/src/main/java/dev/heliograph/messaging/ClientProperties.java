package dev.heliograph.messaging;

import dev.heliograph.messaging.MessagingConfig.GroupProtocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Properties that are handed on to Kafka's clients, and those that cannot be. Kafka's own refusals
 * come when a client is opened, in a worker that has started; these come with the configuration.
 */
final class ClientProperties {
  static final String CONSUMER_PREFIX = "consumer.";
  static final String PRODUCER_PREFIX = "producer.";
  static final String ADMIN_PREFIX = "admin.";

  /** What the promises of the worker rest on; not to be overridden. */
  static final Set<String> RESERVED =
      Set.of(
          "bootstrap.servers",
          "group.id",
          "group.protocol",
          "partition.assignment.strategy",
          "enable.auto.commit",
          "isolation.level",
          "auto.offset.reset",
          "max.poll.records",
          "share.acknowledgement.mode",
          "share.acquire.mode",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "transactional.id",
          "transaction.timeout.ms",
          "enable.idempotence",
          "acks",
          "max.request.size");

  /** What members of a share group do not know (Kafka 4.4), and why. */
  static final Map<String, String> NOT_OF_SHARE_GROUPS =
      Map.of(
          "session.timeout.ms", "the broker decides it: group.share.session.timeout.ms",
          "heartbeat.interval.ms", "the broker decides it: group.share.heartbeat.interval.ms",
          "group.instance.id", "their members are all alike",
          "group.remote.assignor", "they assign no partitions",
          "interceptor.classes", "they have no interceptors");

  /** What members of a consumer group do not know if the broker assigns, and why. */
  static final Map<String, String> NOT_OF_CONSUMER_PROTOCOL =
      Map.of(
          "session.timeout.ms", "the broker decides it: group.consumer.session.timeout.ms",
          "heartbeat.interval.ms", "the broker decides it: group.consumer.heartbeat.interval.ms");

  /** What they do not know if one of the members assigns, and why. */
  static final Map<String, String> NOT_OF_CLASSIC_PROTOCOL =
      Map.of("group.remote.assignor", "a member of the group assigns, not the broker");

  private ClientProperties() {}

  /**
   * @throws IllegalArgumentException naming a property that Heliograph sets itself
   */
  static void requireFree(Map<String, String> properties) {
    for (String key : new TreeMap<>(properties).keySet()) {
      if (RESERVED.contains(withoutPrefix(key))) {
        throw new IllegalArgumentException(
            "clientProperties: " + key + " is set by Heliograph and cannot be changed");
      }
    }
  }

  /**
   * @throws IllegalArgumentException naming a property, its value, and why the protocol has no use
   *     for it
   */
  static void requireKnownTo(GroupProtocol protocol, Map<String, String> properties) {
    switch (protocol) {
      case CLASSIC -> require(properties, NOT_OF_CLASSIC_PROTOCOL, "the group protocol classic");
      case CONSUMER -> require(properties, NOT_OF_CONSUMER_PROTOCOL, "the group protocol consumer");
    }
  }

  /**
   * @throws IllegalArgumentException naming a property, its value, and why share groups have no use
   *     for it
   */
  static void requireKnownToShareGroups(Map<String, String> properties) {
    require(properties, NOT_OF_SHARE_GROUPS, "share groups");
  }

  private static void require(
      Map<String, String> properties, Map<String, String> unknown, String unknownTo) {
    new TreeMap<>(properties)
        .forEach(
            (key, value) -> {
              String reason = unknown.get(ofConsumer(key));
              if (reason != null) {
                throw new IllegalArgumentException(
                    String.format(
                        "clientProperties: %s: \"%s\" cannot be set for %s: %s",
                        key, value, unknownTo, reason));
              }
            });
  }

  /** What a consumer gets to see; what is for producers or admins only it never sees. */
  private static String ofConsumer(String key) {
    return key.startsWith(CONSUMER_PREFIX) ? withoutPrefix(key) : key;
  }

  /** Those of one kind of client; what is for this kind only wins. */
  static Map<String, Object> of(Map<String, String> properties, String prefix) {
    Map<String, Object> chosen = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          if (withoutPrefix(key).equals(key)) {
            chosen.put(key, value);
          }
        });
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            chosen.put(withoutPrefix(key), value);
          }
        });
    return chosen;
  }

  private static String withoutPrefix(String key) {
    for (String prefix : List.of(CONSUMER_PREFIX, PRODUCER_PREFIX, ADMIN_PREFIX)) {
      if (key.startsWith(prefix)) {
        return key.substring(prefix.length());
      }
    }
    return key;
  }
}
