package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationsTest {
  private static final int MEGABYTE = 1 << 20;
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private static final QueryOutcome FAILED =
      new QueryOutcome.Failed(
          new QueryHeader("q1", NOW, Map.of()),
          new Failure(FailureCode.GALLERY_UNKNOWN, "gallery: there is no moon", 1),
          Optional.empty(),
          NOW,
          NOW);

  private final Publications publications =
      new Publications(
          MessagingConfig.of("127.0.0.1:1"),
          EventEncoder.of(QueryCompletion.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none()));

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "a value")
  void aDeadLetterThatIsTooLargeKeepsOnlyWhatWasAddedToIt(String value) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            "cir.query.v1", 0, 7, new byte[MEGABYTE], value == null ? null : value.getBytes(UTF_8));
    record.headers().add("foreign", new byte[MEGABYTE]);
    record.headers().add(DeadLetterHeaders.PREFIX + "forged", new byte[MEGABYTE]);
    Publication publication =
        publications.malformed(record, new IllegalArgumentException("not an event"));

    for (int attempt = 1; attempt <= 3; attempt++) {
      ProducerRecord<byte[], byte[]> letter = publication.deadLetter().orElseThrow();
      publication = publications.smaller(record, publication, Set.of(letter));
    }

    ProducerRecord<byte[], byte[]> letter = publication.deadLetter().orElseThrow();
    assertNull(letter.value());
    assertNull(letter.key());
    int bytes = 0;
    for (Header header : letter.headers()) {
      bytes += header.value().length;
    }
    assertTrue(bytes < 64 * 1024, bytes + " bytes of headers");
    assertNotNull(letter.headers().lastHeader(DeadLetterHeaders.ORIGINAL_OFFSET));
    assertEquals(
        value == null ? "0" : "7",
        new String(letter.headers().lastHeader(DeadLetterHeaders.VALUE_OMITTED).value(), UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"'',q1/completion", "0,q1/completion", "2,q1/completion/2", "x,q1/completion"})
  void aRedrivenQueryHasACompletionWithAnIdOfItsOwn(String redrives, String id) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("cir.query.v1", 0, 7, null, new byte[1]);
    record.headers().add(DeadLetterHeaders.REDRIVES, redrives.getBytes(UTF_8));
    Header ceId =
        publications
            .of(record, FAILED, Optional.empty())
            .completion()
            .orElseThrow()
            .headers()
            .lastHeader("ce_id");
    assertEquals(id, new String(ceId.value(), UTF_8));
  }

  @Test
  void oversizedTraceContextDoesNotReachTheCompletion() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("cir.query.v1", 0, 7, null, new byte[1]);
    record.headers().add("traceparent", "00-1-2-01".getBytes(UTF_8));
    record.headers().add("tracestate", new byte[MEGABYTE]);
    ProducerRecord<byte[], byte[]> completion =
        publications.of(record, FAILED, Optional.empty()).completion().orElseThrow();

    assertNotNull(completion.headers().lastHeader("traceparent"));
    assertFalse(completion.headers().headers("tracestate").iterator().hasNext());
  }
}
