package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.events.codec.Framing;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagingConfigTest {

  @Test
  void defaults() {
    MessagingConfig config = MessagingConfig.of("localhost:9092");
    assertEquals(
        new Topics("cir.query.v1", "cir.completion.v1", "cir.query.v1-dlt", "cir.attestation.v1"),
        config.topics());
    assertEquals("heliograph", config.group());
    assertEquals(MessagingConfig.GroupProtocol.CLASSIC, config.groupProtocol());
    assertEquals("heliograph", config.transactionalIdPrefix());
    assertEquals("heliograph", config.worker());
    assertEquals(Framing.SINGLE_OBJECT, config.framing());
    assertEquals(64, config.maxInFlightQueries());
    assertEquals(16, config.maxPollRecords());
    assertEquals(128 * 1024 * 1024, config.maxInFlightBytes());
    assertEquals(16 * 1024 * 1024, config.maxRecordBytes());
    assertEquals(Duration.ofMillis(50), config.pollTimeout());
    assertEquals(Duration.ofSeconds(10), config.transactionTimeout());
    assertEquals(Duration.ofSeconds(30), config.shutdownTimeout());
    assertEquals(Map.of(), config.clientProperties());
  }

  @Test
  void namesTheFieldTheValueAndTheLimit() {
    assertRejected("bootstrapServers: is empty", () -> MessagingConfig.of(" "));
    assertRejected("maxInFlightQueries: 0 is not in 1..100000", () -> with(0, Map.of()));
    assertRejected(
        "clientProperties: enable.auto.commit is set by Heliograph and cannot be changed",
        () -> with(1, Map.of("enable.auto.commit", "true")));
    assertRejected(
        "clientProperties: producer.acks is set by Heliograph and cannot be changed",
        () -> with(1, Map.of("producer.acks", "0")));
    assertRejected(
        "topics.queries: \"a b\" is not 1 to 249 of [A-Za-z0-9._-]", () -> Topics.of("a b", "c"));
    assertRejected(
        "topics: a, a, a-dlt, a-audit are not 4 different ones", () -> Topics.of("a", "a"));
    assertRejected(
        "topics: a, b, a-dlt, a-audit, b are not 5 different ones",
        () -> Topics.of("a", "b").withInteractive("b"));
    assertRejected(
        "maxInFlightQueries: 1 is not in 2..100000",
        () -> with(Topics.DEFAULT.withInteractive("i"), 1, Map.of()));
  }

  @Test
  void aBuilderKeepsWhatItIsNotTold() {
    MessagingConfig config =
        new MessagingConfig(
            "localhost:9092",
            Topics.of("a", "b"),
            "group",
            MessagingConfig.GroupProtocol.CONSUMER,
            "prefix",
            "worker",
            Framing.CONFLUENT,
            1,
            2,
            1 << 17,
            Duration.ofMillis(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Map.of("client.rack", "r"));

    assertEquals(config, config.toBuilder().build());
  }

  private static void assertRejected(String message, Runnable attempt) {
    var e = assertThrows(IllegalArgumentException.class, attempt::run);
    assertEquals(message, e.getMessage());
  }

  private static MessagingConfig with(int maxInFlight, Map<String, String> clientProperties) {
    return with(Topics.DEFAULT, maxInFlight, clientProperties);
  }

  private static MessagingConfig with(
      Topics topics, int maxInFlight, Map<String, String> clientProperties) {
    return MessagingConfig.builder("localhost:9092")
        .topics(topics)
        .maxInFlightQueries(maxInFlight)
        .clientProperties(clientProperties)
        .build();
  }
}
