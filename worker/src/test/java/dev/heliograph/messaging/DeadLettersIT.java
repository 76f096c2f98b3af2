package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.FailureCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLettersIT extends BrokerFixture {

  @Test
  void listsFindsAndRedrives() {
    AtomicBoolean storeIsUp = new AtomicBoolean();
    FakeAnswerer answerer =
        closeLater(
            new FakeAnswerer(
                id -> false,
                (query, startedAt) ->
                    storeIsUp.get() || !query.queryId().equals("q-1")
                        ? TestQueries.completed(query, startedAt)
                        : TestQueries.failed(query, startedAt, FailureCode.STORE_UNAVAILABLE)));
    ProducerRecord<byte[], byte[]> garbage =
        new ProducerRecord<>(
            config.topics().queries(), 3, "key".getBytes(UTF_8), new byte[] {'n', 'o'});
    garbage.headers().add("traceparent", "00-ab-cd-01".getBytes(UTF_8));
    try (var producer = new KafkaClients(config).producer()) {
      producer.send(garbage);
    }
    publish(ids(0, 3));
    Delivery delivery = start(answerer);
    awaitTrue(() -> delivery.progress().deadLetters() == 2);

    DeadLetters deadLetters = new DeadLetters(config, NO_REGISTRY);
    assertEquals(2, deadLetters.list(letter -> true, 10).size());
    assertEquals(1, deadLetters.list(letter -> true, 1).size());
    assertEquals(List.of(), deadLetters.list(letter -> letter.keyText().equals("q-2"), 10));
    DeadLetter malformed = only(deadLetters, FailureCode.MALFORMED_EVENT);
    assertEquals(config.topics().queries() + "-3@0", malformed.origin());
    assertEquals("key", malformed.keyText());
    assertEquals("6e6f", malformed.valueHex());
    assertEquals(Optional.empty(), malformed.query());
    assertEquals(Optional.of("worker-1"), malformed.worker());
    assertTrue(malformed.message().contains("first byte 6E"), malformed.message());
    assertEquals("traceparent", malformed.headers().get(0).name());

    DeadLetter failed = only(deadLetters, FailureCode.STORE_UNAVAILABLE);
    assertEquals("q-1", failed.query().orElseThrow().getQueryId());
    DeadLetter same = deadLetters.find(failed.partition(), failed.offset()).orElseThrow();
    assertEquals(failed.headers().size(), same.headers().size());
    assertArrayEquals(failed.value(), same.value());
    assertEquals(Optional.empty(), deadLetters.find(failed.partition(), failed.offset() + 1000));
    assertEquals(Optional.empty(), deadLetters.find(PARTITIONS, 0));

    storeIsUp.set(true);
    QueryPublisher.Address address = deadLetters.redrive(failed);
    assertEquals(config.topics().queries(), address.topic());
    awaitTrue(() -> delivery.progress().completed() == 3);
    var redriven =
        committed(config.topics().queries()).stream()
            .filter(r -> r.partition() == address.partition() && r.offset() == address.offset())
            .findFirst()
            .orElseThrow();
    assertArrayEquals(failed.value(), redriven.value());
    List<String> names =
        java.util.Arrays.stream(redriven.headers().toArray()).map(h -> h.key()).toList();
    assertTrue(
        names.contains("ce_id") && names.contains("heliograph-redriven-from"), () -> "" + names);
    assertTrue(names.stream().noneMatch(name -> name.startsWith("kafka_dlt-")), () -> "" + names);
    assertEquals(2, deadLetters.list(letter -> true, 10).size());
  }

  @Test
  void saysWhichTopicIsMissing() {
    Topics unknown = new Topics("no.query", "no.completion", "no.dlt", "no.audit");
    DeadLetters deadLetters =
        new DeadLetters(
            config(unknown, "group", MessagingConfig.GroupProtocol.CLASSIC, 8), NO_REGISTRY);
    var e = assertThrows(MessagingException.class, () -> deadLetters.list(letter -> true, 1));
    assertEquals("topic no.dlt does not exist", e.getMessage());
  }

  private static DeadLetter only(DeadLetters deadLetters, FailureCode code) {
    List<DeadLetter> found =
        deadLetters.list(letter -> letter.code().equals(Optional.of(code.name())), 10);
    assertEquals(1, found.size());
    return found.get(0);
  }
}
