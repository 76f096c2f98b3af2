package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.messaging.MessagingConfig.GroupProtocol;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class ClientPropertiesTest {

  @Test
  void saysWhatShareGroupsHaveNoUseFor() {
    assertRefused(
        "clientProperties: session.timeout.ms: \"6000\" cannot be set for share groups: the broker"
            + " decides it: group.share.session.timeout.ms",
        () -> Delivery.Kind.QUEUE.check(config(Map.of("session.timeout.ms", "6000"))));
    assertRefused(
        "clientProperties: consumer.group.instance.id: \"w1\" cannot be set for share groups: their"
            + " members are all alike",
        () -> Delivery.Kind.QUEUE.check(config(Map.of("consumer.group.instance.id", "w1"))));
    Delivery.Kind.QUEUE.check(
        config(Map.of("producer.interceptor.classes", "a.B", "fetch.min.bytes", "1")));
    Delivery.Kind.TRANSACTIONAL.check(config(Map.of("session.timeout.ms", "6000")));
  }

  @Test
  void saysWhatAGroupProtocolHasNoUseFor() {
    assertRefused(
        "clientProperties: consumer.heartbeat.interval.ms: \"500\" cannot be set for the group"
            + " protocol consumer: the broker decides it: group.consumer.heartbeat.interval.ms",
        () -> config(GroupProtocol.CONSUMER, Map.of("consumer.heartbeat.interval.ms", "500")));
    assertRefused(
        "clientProperties: group.remote.assignor: \"uniform\" cannot be set for the group protocol"
            + " classic: a member of the group assigns, not the broker",
        () -> config(GroupProtocol.CLASSIC, Map.of("group.remote.assignor", "uniform")));
  }

  @Test
  void anAssignorOfTheBrokersReachesMembersAndHindersNoReader() {
    MessagingConfig config =
        config(GroupProtocol.CONSUMER, Map.of("group.remote.assignor", "range"));
    KafkaClients clients = new KafkaClients(config);
    clients.groupConsumer().close();
    clients.reader().close();
    clients.groupReader("group").close();
  }

  /** A newer client may refuse more: then the lists are to be mended. */
  @Test
  void refusesWhatKafkasClientsRefuseAndNothingElse() {
    assertEquals(
        ClientProperties.NOT_OF_SHARE_GROUPS.keySet(),
        refusedBy(
            properties ->
                new KafkaShareConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                    .close()));
    assertEquals(
        ClientProperties.NOT_OF_CONSUMER_PROTOCOL.keySet(),
        refusedBy(
            properties -> {
              properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
              new ConsumerConfig(properties);
            }));
    assertEquals(ClientProperties.NOT_OF_CLASSIC_PROTOCOL.keySet(), refusedBy(ConsumerConfig::new));
  }

  /** Of the properties that users may set. */
  private static Set<String> refusedBy(Consumer<Map<String, Object>> opening) {
    Map<String, Object> defaults = ConsumerConfig.configDef().defaultValues();
    Set<String> refused = new TreeSet<>();
    for (String name : ConsumerConfig.configNames()) {
      Object value = defaults.get(name);
      if (ClientProperties.RESERVED.contains(name)) {
        continue;
      }
      Map<String, Object> properties = new HashMap<>();
      properties.put("bootstrap.servers", "127.0.0.1:1");
      properties.put("group.id", "group");
      properties.put("key.deserializer", ByteArrayDeserializer.class);
      properties.put("value.deserializer", ByteArrayDeserializer.class);
      properties.put(name, value == null ? "x" : value);
      try {
        opening.accept(properties);
      } catch (ConfigException e) {
        if (e.getMessage().contains("cannot be set when")) {
          refused.add(name);
        }
      } catch (RuntimeException e) {
        // "x" is nothing that this property can be, which is another matter
      }
    }
    return refused;
  }

  private static MessagingConfig config(Map<String, String> properties) {
    return config(GroupProtocol.CLASSIC, properties);
  }

  private static MessagingConfig config(GroupProtocol protocol, Map<String, String> properties) {
    return MessagingConfig.builder("127.0.0.1:1")
        .groupProtocol(protocol)
        .clientProperties(properties)
        .build();
  }

  private static void assertRefused(String message, Runnable attempt) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, attempt::run).getMessage());
  }
}
