package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.Geometry;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionEventsTest {
  private final Query query = TestQueries.query("q-0");

  @Test
  void aCompletedQueryCarriesItsAnswer() {
    QueryCompletion event =
        CompletionEvents.toEvent(TestQueries.completed(query, TestQueries.NOON.plusMillis(5)));
    assertEquals("q-0", event.getQueryId());
    assertEquals(Outcome.COMPLETED, event.getOutcome());
    assertNull(event.getFailure());
    assertEquals(2, event.getResults().size());
    var first = event.getResults().get(0);
    assertEquals(1, first.getRank());
    assertEquals("s3://images/a.jpg", first.getImageUri());
    assertEquals(List.of(0f, 0.5f), first.getSaliency().getGrid());
    assertEquals("https://b/k.png", first.getSaliency().getHeatmap().getUrl());
    assertNull(first.getSaliency().getArray());
    // 640 x 480 is padded to 640 x 512 and cropped at the sides to 512 columns.
    assertEquals(new Geometry(640, 480, 64, 0, 512, 480), first.getSaliency().getGeometry());
    assertNull(event.getResults().get(1).getImageUri());
    assertNull(event.getResults().get(1).getSaliency());
    assertEquals(4.5f, event.getReferenceSaliency().getExplainedScore());
    assertEquals("CANDIDATE_NOT_FOUND", event.getWarnings().get(0).getCode());
    assertEquals("targetpad", event.getProvenance().getPreprocess());
    assertEquals(1000, event.getProvenance().getGallerySize());
    assertEquals(17, event.getResultDocument().getBytes());
    assertEquals(Map.of("compose", 12.5), event.getTimings());
    assertEquals(Map.of("tenant", "blue"), event.getAttributes());
    assertEquals(TestQueries.NOON, event.getSubmittedAt());
    assertEquals(TestQueries.NOON.plusMillis(5), event.getStartedAt());
    assertEquals(TestQueries.NOON.plusMillis(405), event.getCompletedAt());
  }

  @Test
  void aFailureCarriesItsCodeAndNoAnswer() {
    QueryCompletion failed =
        CompletionEvents.toEvent(
            TestQueries.failed(query, TestQueries.NOON, FailureCode.GALLERY_UNKNOWN));
    assertEquals(Outcome.FAILED, failed.getOutcome());
    assertEquals("GALLERY_UNKNOWN", failed.getFailure().getCode());
    assertEquals(3, failed.getFailure().getAttempts());
    assertEquals(List.of(), failed.getResults());
    assertNull(failed.getProvenance());

    QueryCompletion expired =
        CompletionEvents.toEvent(TestQueries.expired(query, TestQueries.NOON));
    assertEquals(Outcome.EXPIRED, expired.getOutcome());
    assertEquals("DEADLINE_EXCEEDED", expired.getFailure().getCode());
  }

  @Test
  void aBadUriIsRefusedInOneShortLine() {
    QueryCompletion event =
        CompletionEvents.toEvent(TestQueries.completed(query, TestQueries.NOON));
    event.getResultDocument().setUri("s3://b/\n" + "a".repeat(500));

    var e = assertThrows(IllegalArgumentException.class, () -> CompletionValues.answer(event, 224));

    assertTrue(e.getMessage().matches("\"s3://b/\\?a+…\" is not a URI"), e.getMessage());
  }

  @Test
  void anUnknownCodeIsRefusedInOneShortLine() {
    QueryCompletion event =
        CompletionEvents.toEvent(TestQueries.failed(query, TestQueries.NOON, FailureCode.INTERNAL));
    event.getFailure().setCode("NEWER\n" + "A".repeat(500));

    var e = assertThrows(IllegalArgumentException.class, () -> CompletionValues.failure(event));

    assertTrue(
        e.getMessage().matches("code \"NEWER\\?A+…\" is none that this version knows"),
        e.getMessage());
  }
}
