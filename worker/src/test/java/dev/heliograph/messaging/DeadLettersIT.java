package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
    Redrive redrive = new Redrive(config, deadLetters);
    DeadLetterFilter filter = DeadLetterFilter.ofCode("STORE_UNAVAILABLE");
    assertEquals(List.of(Redrive.Fate.REDRIVEN), run(redrive, filter, limits(3, true)));
    assertEquals(3, committed(config.topics().queries()).size() - 1, "a dry run publishes nothing");
    assertEquals(List.of(Redrive.Fate.REDRIVEN), run(redrive, filter, limits(3, false)));
    assertEquals(List.of(Redrive.Fate.ALREADY_REDRIVEN), run(redrive, filter, limits(3, false)));
    awaitTrue(() -> delivery.progress().completed() == 3);

    List<ConsumerRecord<byte[], byte[]>> redriven = redriven();
    assertEquals(1, redriven.size());
    assertArrayEquals(failed.value(), redriven.get(0).value());
    assertArrayEquals(failed.key(), redriven.get(0).key());
    Map<String, String> headers = headers(redriven.get(0));
    assertTrue(headers.containsKey("ce_id"), headers::toString);
    assertEquals("1", headers.get("heliograph-redrives"));
    assertEquals(
        config.topics().deadLetters() + "-" + failed.partition() + "@" + failed.offset(),
        headers.get("heliograph-redriven-from"));
    assertTrue(headers.keySet().stream().noneMatch(name -> name.startsWith("kafka_dlt-")));
    assertEquals(2, deadLetters.list(letter -> true, 10).size());
  }

  @Test
  void whatFailsAgainAndAgainIsRedrivenSoOftenAndNoMore() {
    Delivery delivery =
        start(
            closeLater(
                new FakeAnswerer(
                    id -> false,
                    (query, startedAt) ->
                        TestQueries.failed(query, startedAt, FailureCode.STORE_UNAVAILABLE))));
    publish(ids(0, 2));
    awaitTrue(() -> delivery.progress().deadLetters() == 2);
    Redrive redrive = new Redrive(config, new DeadLetters(config, NO_REGISTRY));

    for (int round = 1; round <= 2; round++) {
      int letters = 2 + 2 * round;
      run(redrive, DeadLetterFilter.ALL, limits(2, false));
      awaitTrue(() -> delivery.progress().deadLetters() == letters);
    }

    List<Redrive.Fate> fates = run(redrive, DeadLetterFilter.ALL, limits(2, false));
    assertEquals(2, Collections.frequency(fates, Redrive.Fate.TOO_OFTEN));
    assertEquals(4, Collections.frequency(fates, Redrive.Fate.ALREADY_REDRIVEN));
    assertEquals(4, redriven().size());
  }

  @Test
  void redrivesNeitherOverItsLimitNorIntoForeignTopics() {
    Headers foreign = new RecordHeaders();
    EventHeaders.put(foreign, DeadLetterHeaders.ORIGINAL_TOPIC, "payments");
    Headers ours = new RecordHeaders();
    EventHeaders.put(ours, DeadLetterHeaders.ORIGINAL_TOPIC, config.topics().queries());
    try (var producer = new KafkaClients(config).producer()) {
      for (Headers headers : List.of(foreign, ours, ours, ours)) {
        producer.send(
            new ProducerRecord<>(
                config.topics().deadLetters(), 0, new byte[] {2}, new byte[] {1}, headers));
      }
    }
    Redrive redrive = new Redrive(config, new DeadLetters(config, NO_REGISTRY));
    Redrive.Limits two = new Redrive.Limits(2, 3, Duration.ZERO, false);

    assertEquals(
        List.of(Redrive.Fate.FOREIGN_TOPIC, Redrive.Fate.REDRIVEN, Redrive.Fate.REDRIVEN),
        run(redrive, DeadLetterFilter.ALL, two));
    assertEquals(
        List.of(
            Redrive.Fate.FOREIGN_TOPIC,
            Redrive.Fate.ALREADY_REDRIVEN,
            Redrive.Fate.ALREADY_REDRIVEN,
            Redrive.Fate.REDRIVEN),
        run(redrive, DeadLetterFilter.ALL, two));
    assertEquals(3, redriven().size());
  }

  private static Redrive.Limits limits(int maxRedrives, boolean dryRun) {
    return new Redrive.Limits(100, maxRedrives, Duration.ZERO, dryRun);
  }

  private static List<Redrive.Fate> run(
      Redrive redrive, DeadLetterFilter filter, Redrive.Limits limits) {
    List<Redrive.Fate> fates = new ArrayList<>();
    redrive.run(filter, limits, (letter, fate) -> fates.add(fate));
    return fates;
  }

  private List<ConsumerRecord<byte[], byte[]>> redriven() {
    return committed(config.topics().queries()).stream()
        .filter(record -> record.headers().lastHeader("heliograph-redriven-from") != null)
        .toList();
  }

  private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
    return headers;
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
