package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.Fuzz;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged events are decoded, or malformed, or ask for what cannot be: nothing else. */
class EventFuzzTest {
  private static final SchemaIdResolver IDS =
      SchemaIdResolver.fixed(
          Map.of(1, QueryRequested.getClassSchema(), 2, QueryCompletion.getClassSchema()));
  private static final int MUTANTS = 20_000;
  private static final int SIDE = 224;

  @ParameterizedTest
  @EnumSource
  void requests(Framing framing) {
    EventEncoder<QueryRequested> encoder = EventEncoder.of(QueryRequested.class, framing, IDS);
    EventDecoder<QueryRequested> decoder = new EventDecoder<>(QueryRequested.class, IDS);

    Fuzz.Result result =
        Fuzz.of("QueryRequested, " + framing)
            .corpus(
                encoder.encode(QueryEvents.toEvent(TestQueries.query("q-1"))),
                encoder.encode(QueryEvents.toEvent(inline())))
            .allowing(MalformedEventException.class, QueryFailedException.class)
            .mutants(MUTANTS)
            .run(
                bytes -> {
                  QueryRequested event = decoder.decode(bytes);
                  QueryEvents.header(event);
                  QueryEvents.toQuery(event);
                });

    assertTrue(result.refused() > MUTANTS / 10 && result.read() > MUTANTS / 10, result::toString);
  }

  @ParameterizedTest
  @EnumSource
  void completions(Framing framing) {
    EventEncoder<QueryCompletion> encoder = EventEncoder.of(QueryCompletion.class, framing, IDS);
    EventDecoder<QueryCompletion> decoder = new EventDecoder<>(QueryCompletion.class, IDS);
    Query query = TestQueries.query("q-1");
    List<byte[]> corpus = new ArrayList<>();
    corpus.add(
        encoder.encode(CompletionEvents.toEvent(TestQueries.completed(query, TestQueries.NOON))));
    corpus.add(
        encoder.encode(
            CompletionEvents.toEvent(
                TestQueries.failed(query, TestQueries.NOON, FailureCode.INTERNAL))));

    Fuzz.Result result =
        Fuzz.of("QueryCompletion, " + framing)
            .corpus(corpus)
            .allowing(MalformedEventException.class, IllegalArgumentException.class)
            .mutants(MUTANTS)
            .run(
                bytes -> {
                  QueryCompletion event = decoder.decode(bytes);
                  CompletionValues.answer(event, SIDE);
                  CompletionValues.failure(event);
                });

    assertTrue(result.refused() > MUTANTS / 10 && result.read() > MUTANTS / 10, result::toString);
  }

  private static Query inline() {
    Query query = TestQueries.query("q-2");
    return new Query(
        query.header(),
        query.gallery(),
        new ReferenceImage.Inline(new byte[200], "image/png"),
        List.of("is red", "and has stripes"),
        5,
        SaliencyRequest.NONE,
        ArtifactRequest.NONE,
        Optional.of(Instant.parse("2026-11-24T13:00:00Z")));
  }
}
