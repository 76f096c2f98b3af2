package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.ImageLocation;
import dev.heliograph.events.InlineImage;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventClasses;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryEventsTest {
  static {
    EventClasses.trust();
  }

  @Test
  void anEventOfAQueryGivesTheQueryBack() {
    Query query = TestQueries.query("q-0");
    assertEquals(query, QueryEvents.toQuery(QueryEvents.toEvent(query)));
    Query other =
        new Query(
            query.header(),
            query.gallery(),
            new ReferenceImage.Inline(new byte[] {1, 2, 3}, "image/png"),
            List.of("is red", "is long"),
            1,
            new SaliencyRequest(false, 0, SaliencyMethod.PUBLISHED),
            new ArtifactRequest(HeatmapFormat.WEBP, ArrayFormat.GRID, Optional.of("a/b")),
            Optional.of(TestQueries.NOON.plusSeconds(9)));
    assertEquals(other, QueryEvents.toQuery(QueryEvents.toEvent(other)));
  }

  @Test
  void theEventsDefaultsAreTheQuerysDefaults() {
    QueryRequested event =
        QueryRequested.newBuilder()
            .setQueryId("q-0")
            .setGallery("cirr")
            .setReference(new ImageLocation("s3://images/a.jpg", null))
            .setCaptions(List.of("is red"))
            .setSubmittedAt(TestQueries.NOON)
            .build();
    Query query = QueryEvents.toQuery(event);
    assertEquals(Query.DEFAULT_TOP_K, query.topK());
    assertEquals(SaliencyRequest.DEFAULT, query.saliency());
    assertEquals(ArtifactRequest.DEFAULT, query.artifacts());
    assertEquals(Optional.empty(), query.deadline());
  }

  @Test
  void everySymbolOfAnEventHasItsValueAndTheOtherWayRound() {
    assertSameNames(dev.heliograph.events.SaliencyMethod.values(), SaliencyMethod.values());
    assertSameNames(dev.heliograph.events.HeatmapFormat.values(), HeatmapFormat.values());
    assertSameNames(dev.heliograph.events.ArrayFormat.values(), ArrayFormat.values());
  }

  private static void assertSameNames(Enum<?>[] event, Enum<?>[] value) {
    assertEquals(
        Arrays.stream(event).map(Enum::name).toList(),
        Arrays.stream(value).map(Enum::name).toList());
  }

  @Test
  void anInvalidFieldIsNamed() {
    assertInvalid("gallery: \"\"", event -> event.setGallery(""));
    assertInvalid(
        "reference.uri: \"not a uri\"",
        event -> event.setReference(new ImageLocation("not a uri", null)));
    assertInvalid(
        "reference.sha256: \"AB\"",
        event -> event.setReference(new ImageLocation("s3://a/b", "AB")));
    assertInvalid(
        "reference.bytes: is empty",
        event -> event.setReference(new InlineImage(ByteBuffer.allocate(0), "image/png")));
    assertInvalid("captions: 3 given", event -> event.setCaptions(List.of("a", "b", "c")));
    assertInvalid("captions[0]: is empty", event -> event.setCaptions(List.of(" ")));
    assertInvalid("topK: 0", event -> event.setTopK(0));
    assertInvalid("saliency.maxCandidates: -1", event -> event.getSaliency().setMaxCandidates(-1));
    assertInvalid("artifacts.prefix: \"../x\"", event -> event.getArtifacts().setPrefix("../x"));
    assertInvalid("submittedAt: 1969", event -> event.setSubmittedAt(Instant.EPOCH.minusMillis(1)));
    assertInvalid(
        "submittedAt: +292", event -> event.setSubmittedAt(Instant.ofEpochMilli(Long.MAX_VALUE)));
  }

  private static void assertInvalid(String message, Consumer<QueryRequested> change) {
    QueryRequested event = QueryEvents.toEvent(TestQueries.query("q-0"));
    change.accept(event);
    var e = assertThrows(QueryFailedException.class, () -> QueryEvents.toQuery(event));
    assertEquals(FailureCode.INVALID_QUERY, e.code());
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
    assertEquals("q-0", QueryEvents.header(event).queryId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "é", "a b"})
  void anUnusableQueryIdIsMalformed(String queryId) {
    QueryRequested event = QueryEvents.toEvent(TestQueries.query("q-0"));
    event.setQueryId(queryId);
    var e = assertThrows(QueryFailedException.class, () -> QueryEvents.header(event));
    assertEquals(FailureCode.MALFORMED_EVENT, e.code());
  }
}
