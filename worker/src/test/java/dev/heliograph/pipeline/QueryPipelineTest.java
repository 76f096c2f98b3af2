package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.Answer;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueryPipelineTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final RetryPolicy FAST = waitingOutOutagesFor(Duration.ofMillis(50));

  /** More than a fault of the query's own would be tried. */
  private static final int LONG_OUTAGE = 20;

  private final FakePorts fakes = new FakePorts();
  private final QueryPipeline pipeline = pipeline(FAST);

  private QueryPipeline pipeline(RetryPolicy retry) {
    return new QueryPipeline(
        fakes.ports(),
        new PipelineConfig(2, 4, Duration.ZERO, 100, 1000, 1 << 20, retry, false),
        new WorkerIdentity("worker-1", "test"),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static RetryPolicy waitingOutOutagesFor(Duration patience) {
    return new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), patience);
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void answersWithEveryArtifactStored() throws Exception {
    Answer answer = completed(query("q1").topK(5).build());

    assertEquals(5, answer.results().size());
    assertEquals("image-0.png", answer.results().get(0).imageName());
    assertTrue(answer.results().get(2).saliency().isPresent());
    assertTrue(answer.results().get(3).saliency().isEmpty());
    assertEquals(3f, answer.referenceSaliency().orElseThrow().rankingScore());
    assertEquals(List.of(), answer.warnings());
    assertEquals("worker-1", answer.provenance().worker());
    assertTrue(answer.timings().keySet().containsAll(List.of("reference", "compose", "search")));
    // reference and three candidates, a heatmap and an array each, and results.json
    assertEquals(9, fakes.stored.size());
    assertTrue(fakes.stored.containsKey("2026/11/23/q1/results.json"));
  }

  @Test
  void storesNothingWhenNoArtifactIsWanted() throws Exception {
    Answer answer = completed(query("q1").artifacts(ArtifactRequest.NONE).build());

    assertTrue(answer.resultDocument().isEmpty());
    assertTrue(answer.results().get(0).saliency().isPresent());
    assertTrue(fakes.stored.isEmpty());
  }

  @Test
  void computesNoMapsWhenNoneAreWanted() throws Exception {
    Answer answer = completed(query("q1").saliency(SaliencyRequest.NONE).build());

    assertTrue(answer.referenceSaliency().isEmpty());
    assertEquals(List.of(), fakes.explainBatches);
    assertEquals(1, fakes.stored.size());
  }

  @Test
  void explainsAllCandidatesOfAQueryInOneForward() throws Exception {
    completed(query("q1").build());

    assertEquals(List.of(3), fakes.explainBatches);
  }

  @Test
  void rejectsUnreadableImageWithoutFailingTheBatch() throws Exception {
    List<CompletableFuture<QueryOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String image = i == 4 ? "bad" : "good";
      outcomes.add(
          pipeline.submit(query("q" + i).reference(FakePorts.text(image), "image/png").build()));
    }
    for (int i = 0; i < 10; i++) {
      QueryOutcome outcome = outcomes.get(i).get();
      if (i == 4) {
        assertEquals(FailureCode.REFERENCE_UNREADABLE, failure(outcome).code());
      } else {
        assertInstanceOf(QueryOutcome.Completed.class, outcome);
      }
    }
  }

  @Test
  void everyBadReferenceHasItsCode() throws Exception {
    assertEquals(FailureCode.REFERENCE_TOO_LARGE, failed(inline("bomb")).code());
    assertEquals(FailureCode.REFERENCE_TOO_LARGE, failed(inline("x".repeat(101))).code());
    assertEquals(FailureCode.REFERENCE_UNREADABLE, failed(inline("bad")).code());
    fakes.onReference =
        uri -> {
          throw new ImageSourceException(
              ImageSourceException.Reason.valueOf(uri.substring(uri.lastIndexOf('/') + 1)), uri);
        };
    assertEquals(FailureCode.REFERENCE_NOT_FOUND, failed(located("NOT_FOUND")).code());
    assertEquals(FailureCode.REFERENCE_FORBIDDEN, failed(located("FORBIDDEN")).code());
    assertEquals(FailureCode.REFERENCE_TOO_LARGE, failed(located("TOO_LARGE")).code());
    assertEquals(FailureCode.STORE_UNAVAILABLE, failed(located("UNAVAILABLE")).code());
  }

  @Test
  void unknownGalleryAndTooLargeTopKAreNamed() throws Exception {
    Failure unknown = failed(query("q1").gallery("moon").build());
    assertEquals(FailureCode.GALLERY_UNKNOWN, unknown.code());
    Failure topK = failed(query("q2").topK(21).build());
    assertEquals(FailureCode.INVALID_QUERY, topK.code());
    assertEquals("topK: 21 is over the 20 images of gallery world", topK.message());
  }

  @Test
  void missingAndUnreadableCandidatesAreWarnings() throws Exception {
    fakes.candidateFiles.remove("image-0.png");
    fakes.candidateFiles.put("image-1.png", FakePorts.text("bad"));

    Answer answer = completed(query("q1").build());

    assertEquals(10, answer.results().size());
    assertEquals(
        List.of(FailureCode.CANDIDATE_NOT_FOUND, FailureCode.CANDIDATE_UNREADABLE),
        answer.warnings().stream().map(w -> w.code()).toList());
    assertTrue(answer.results().get(0).saliency().isEmpty());
    assertTrue(answer.results().get(2).saliency().isPresent());
  }

  @Test
  void waitsOutAStoreThatComesBackAndEncodesOnce() throws Exception {
    fakes.onPut = failing(LONG_OUTAGE, FailureCode.STORE_UNAVAILABLE);
    try (QueryPipeline patient = pipeline(waitingOutOutagesFor(Duration.ofHours(1)))) {
      assertInstanceOf(QueryOutcome.Completed.class, patient.submit(query("q1").build()).get());
    }

    assertEquals(9, fakes.stored.size());
    assertEquals(List.of(1), fakes.composeBatches);
  }

  @Test
  void givesUpOnAStoreThatStaysAwayWhenItsPatienceEnds() throws Exception {
    fakes.onPut = failing(Integer.MAX_VALUE, FailureCode.STORE_UNAVAILABLE);

    assertEquals(FailureCode.STORE_UNAVAILABLE, failed(query("q1").build()).code());

    try (QueryPipeline impatient = pipeline(waitingOutOutagesFor(Duration.ZERO))) {
      Failure atOnce = failure(impatient.submit(query("q2").build()).get());
      assertEquals(FailureCode.STORE_UNAVAILABLE, atOnce.code());
      assertEquals(1, atOnce.attempts());
    }
  }

  @Test
  void triesThatMetAnOutageLeaveTheQuerysOwnFaultsTheirAttempts() throws Exception {
    Consumer<String> outage = failing(LONG_OUTAGE, FailureCode.STORE_UNAVAILABLE);
    AtomicInteger faults = new AtomicInteger();
    fakes.onReference =
        uri -> {
          outage.accept(uri);
          faults.incrementAndGet();
          throw new IllegalStateException("a bug");
        };
    try (QueryPipeline patient = pipeline(waitingOutOutagesFor(Duration.ofHours(1)))) {
      Failure failure = failure(patient.submit(located("x")).get());
      assertEquals(FailureCode.INTERNAL, failure.code());
      assertEquals(LONG_OUTAGE + 3, failure.attempts());
    }
    assertEquals(3, faults.get());
  }

  private static Consumer<String> failing(int times, FailureCode code) {
    AtomicInteger left = new AtomicInteger(times);
    return key -> {
      if (left.getAndDecrement() > 0) {
        throw new QueryFailedException(code, "refused");
      }
    };
  }

  @Test
  void queuedQueriesShareAForwardUpToTheLimit() throws Exception {
    completeAllQueuedBehindTheFirst(10, size -> {});

    assertEquals(List.of(1, 4, 4, 1), fakes.composeBatches);
  }

  @Test
  void halvesABatchThatDoesNotFitIntoMemory() throws Exception {
    completeAllQueuedBehindTheFirst(
        5,
        size -> {
          if (size > 1) {
            throw new QueryFailedException(FailureCode.DEVICE_OUT_OF_MEMORY, "full");
          }
        });

    assertEquals(List.of(1, 4, 2, 1, 1, 2, 1, 1), fakes.composeBatches);
  }

  /** Holds the first query on the device until all others wait for it. */
  private void completeAllQueuedBehindTheFirst(int queries, IntConsumer onCompose)
      throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    fakes.onCompose =
        size -> {
          first.countDown();
          await(go);
          onCompose.accept(size);
        };
    List<CompletableFuture<QueryOutcome>> outcomes = new ArrayList<>();
    outcomes.add(pipeline.submit(query("q0").saliency(SaliencyRequest.NONE).build()));
    first.await();
    for (int i = 1; i < queries; i++) {
      outcomes.add(pipeline.submit(query("q" + i).saliency(SaliencyRequest.NONE).build()));
    }
    awaitQueued(queries - 1);
    go.countDown();
    for (CompletableFuture<QueryOutcome> outcome : outcomes) {
      assertInstanceOf(QueryOutcome.Completed.class, outcome.get());
    }
  }

  @Test
  void aPassedDeadlineExpiresTheQueryBeforeAnyWork() throws Exception {
    QueryOutcome outcome = pipeline.submit(query("q1").deadline(NOW.minusSeconds(1)).build()).get();

    Failure failure = assertInstanceOf(QueryOutcome.Expired.class, outcome).failure();
    assertEquals(FailureCode.DEADLINE_EXCEEDED, failure.code());
    assertEquals("deadline: 2026-11-23T11:59:59Z passed before decoding", failure.message());
    assertEquals(List.of(), fakes.composeBatches);
  }

  @Test
  void anUnexpectedExceptionIsInternalAfterRetriesAndKeepsItsCause() throws Exception {
    fakes.onPut =
        key -> {
          throw new IllegalStateException("a bug");
        };

    QueryOutcome.Failed failed =
        assertInstanceOf(QueryOutcome.Failed.class, pipeline.submit(query("q1").build()).get());

    assertEquals(FailureCode.INTERNAL, failed.failure().code());
    assertEquals(3, failed.failure().attempts());
    assertInstanceOf(IllegalStateException.class, failed.cause().orElseThrow());
  }

  @Test
  void anErrorEndsThePipelineInsteadOfBeingSwallowed() {
    fakes.onCompose =
        size -> {
          throw new StackOverflowError("device");
        };
    CompletableFuture<QueryOutcome> outcome = pipeline.submit(query("q1").build());

    ExecutionException e =
        assertThrows(ExecutionException.class, () -> outcome.get(30, TimeUnit.SECONDS));
    assertInstanceOf(StackOverflowError.class, e.getCause());
    Awaitility.await().until(() -> !pipeline.isAlive());
    assertThrows(ExecutionException.class, () -> pipeline.submit(query("q2").build()).get());
  }

  @Test
  void closingCancelsWhatIsInFlight() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    fakes.onCompose =
        size -> {
          started.countDown();
          await(go);
        };
    CompletableFuture<QueryOutcome> outcome = pipeline.submit(query("q1").build());
    started.await();
    go.countDown();
    pipeline.close();

    assertTrue(outcome.isDone());
    assertFalse(pipeline.isAlive());
    assertThrows(CancellationException.class, () -> pipeline.submit(query("q2").build()).get());
    assertEquals(0, pipeline.inFlight());
  }

  private static QueryBuilder query(String id) {
    return Query.builder(id)
        .gallery("world")
        .reference(FakePorts.text("good"), "image/png")
        .captions("is blue")
        .saliency(new SaliencyRequest(true, 3, SaliencyMethod.EXACT))
        .submittedAt(NOW);
  }

  private static Query inline(String text) {
    return query("q1").reference(FakePorts.text(text), "image/png").build();
  }

  private static Query located(String reason) {
    return query("q1").reference(URI.create("s3://in/" + reason)).build();
  }

  private Answer completed(Query query) throws Exception {
    return assertInstanceOf(QueryOutcome.Completed.class, pipeline.submit(query).get()).answer();
  }

  private Failure failed(Query query) throws Exception {
    return failure(pipeline.submit(query).get());
  }

  private static Failure failure(QueryOutcome outcome) {
    return assertInstanceOf(QueryOutcome.Failed.class, outcome).failure();
  }

  private void awaitQueued(int queries) {
    Awaitility.await().until(() -> pipeline.device().queued() == queries);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
