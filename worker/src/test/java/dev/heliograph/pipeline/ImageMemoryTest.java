package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ByteBudget.Reservation;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Cancellation;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImageMemoryTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  /** A fake image has 4 x 4 pixels. */
  private static final long IMAGE = 48;

  private static final int MAPS = FakePorts.GALLERY_SIZE;

  private final FakePorts fakes = new FakePorts();

  @Test
  void queriesThatFitAreDecodedOnce() {
    try (QueryPipeline pipeline = pipeline(100 * IMAGE)) {
      completed(pipeline.submit(query("q1").build()));
      assertEquals(1 + MAPS, fakes.decoded.get());
      assertNothingHeld(pipeline);
    }
  }

  @Test
  void whatCannotBeKeptIsDecodedAgainAndNobodyLocksUp() {
    // Room to work on one image, and to keep one: every other one is decoded twice.
    try (QueryPipeline pipeline = pipeline(2 * IMAGE)) {
      List<CompletableFuture<QueryOutcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        outcomes.add(pipeline.submit(query("q" + i).build()));
      }
      for (CompletableFuture<QueryOutcome> outcome : outcomes) {
        Answer answer = completed(outcome);
        assertEquals(List.of(), answer.warnings());
        assertTrue(
            answer.results().stream()
                .allMatch(r -> r.saliency().orElseThrow().heatmap().isPresent()));
      }
      assertEquals(8 * (3 + 2 * MAPS), fakes.stored.size());
      assertTrue(fakes.decoded.get() > 8 * (1 + MAPS), () -> "" + fakes.decoded);
      assertNothingHeld(pipeline);
    }
  }

  @Test
  void anImageLargerThanAllOfItHasItsTurnAlone() {
    try (QueryPipeline pipeline = pipeline(2)) {
      completed(pipeline.submit(query("q1").build()));
      assertNothingHeld(pipeline);
    }
  }

  @Test
  void aCandidateThatIsGoneWhenItIsToBeDrawnIsAWarning() {
    fakes.onExplain = size -> fakes.candidateFiles.remove("image-7.png");
    try (QueryPipeline pipeline = pipeline(2)) {
      Answer answer = completed(pipeline.submit(query("q1").build()));
      assertEquals(
          List.of(FailureCode.CANDIDATE_NOT_FOUND),
          answer.warnings().stream().map(w -> w.code()).toList());
      assertTrue(answer.results().get(7).saliency().orElseThrow().heatmap().isEmpty());
      assertTrue(answer.results().get(7).saliency().orElseThrow().array().isPresent());
    }
  }

  @Test
  void aCancelledQueryGivesUpItsPlaceInTheQueue() {
    try (QueryPipeline pipeline = pipeline(2 * IMAGE)) {
      Reservation all = pipeline.memory().working().reserve(IMAGE).join();
      CompletableFuture<QueryOutcome> outcome = pipeline.submit(query("q1").build());

      pipeline.cancel(new Cancellation("q1", NOW, Optional.empty()));
      assertInstanceOf(QueryOutcome.Cancelled.class, outcome.join());

      all.close();
      completed(pipeline.submit(query("q2").build()));
      assertNothingHeld(pipeline);
    }
  }

  @Test
  void firstComeIsFirstServed() {
    ByteBudget budget = new ByteBudget(10);
    Reservation held = budget.tryReserve(6).orElseThrow();
    CompletableFuture<Reservation> large = budget.reserve(1000);
    CompletableFuture<Reservation> small = budget.reserve(1);
    assertFalse(small.isDone(), "it came after the large one");
    assertTrue(budget.tryReserve(1).isEmpty());

    held.close();
    held.close();
    assertTrue(large.isDone());
    assertFalse(small.isDone());
    assertEquals(10, budget.held());
    large.join().close();
    assertTrue(small.isDone());
    assertEquals(1, budget.held());
  }

  @Test
  void whoGivesUpWaitingTakesNothing() {
    ByteBudget budget = new ByteBudget(10);
    Reservation held = budget.tryReserve(10).orElseThrow();
    CompletableFuture<Reservation> impatient = budget.reserve(10);
    CompletableFuture<Reservation> patient = budget.reserve(5);
    impatient.cancel(false);
    held.close();
    assertTrue(patient.isDone());
    assertEquals(5, budget.held());
  }

  @Test
  void filesAreStoredBeforeTheirArraysAreUsedAgain() {
    AtomicInteger puts = new AtomicInteger();
    fakes.onPut =
        key -> {
          if (puts.incrementAndGet() % 2 == 1) {
            throw new QueryFailedException(FailureCode.STORE_UNAVAILABLE, "away");
          }
        };
    RetryPolicy patient =
        new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(1));
    try (QueryPipeline pipeline = pipeline(3 * IMAGE, patient)) {
      completed(pipeline.submit(query("q1").build()));
      assertNothingHeld(pipeline);
    }
    fakes.stored.forEach(
        (key, file) -> {
          if (!key.endsWith("results.json")) {
            String content = key.endsWith(".png") ? "heatmap" : "array";
            assertArrayEquals(FakePorts.text(content), file.bytes(), key);
          }
        });
  }

  /** An array that is not given back is the collector's, and that is what arrays are kept from. */
  private void assertNothingHeld(QueryPipeline pipeline) {
    assertTrue(fakes.arrays.taken() > 0);
    Awaitility.await().until(() -> fakes.arrays.out() == 0);
    Awaitility.await().until(() -> pipeline.memory().working().held() == 0);
    Awaitility.await().until(() -> pipeline.memory().kept().held() == 0);
  }

  private QueryPipeline pipeline(long imageMemory) {
    return pipeline(imageMemory, new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }

  private QueryPipeline pipeline(long imageMemory, RetryPolicy retry) {
    return new QueryPipeline(
        fakes.ports(),
        new PipelineConfig(3, 4, Duration.ZERO, 100, 1000, imageMemory, retry, false),
        new WorkerIdentity("worker-1", "test"),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static QueryBuilder query(String id) {
    return Query.builder(id)
        .gallery("world")
        .reference(FakePorts.text("good"), "image/png")
        .captions("is blue")
        .topK(MAPS)
        .saliency(new SaliencyRequest(true, MAPS, SaliencyMethod.EXACT))
        .submittedAt(NOW);
  }

  private static Answer completed(CompletableFuture<QueryOutcome> outcome) {
    return assertInstanceOf(QueryOutcome.Completed.class, outcome.join()).answer();
  }
}
