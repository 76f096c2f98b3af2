package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.Cancellation;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends a query before its answer: its deadline, its sender, its worker. */
@Timeout(60)
class QueryStopTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant DEADLINE = NOW.plusSeconds(60);

  /** A wait that no test would survive. */
  private static final RetryPolicy HOURS =
      new RetryPolicy(3, Duration.ofHours(1000), Duration.ofHours(1000), Duration.ofHours(1000));

  private final FakePorts fakes = new FakePorts();
  private final MutableClock clock = new MutableClock(NOW);
  private final QueryPipeline pipeline =
      new QueryPipeline(
          fakes.ports(),
          new PipelineConfig(2, 4, Duration.ZERO, 100, 1000, 1 << 20, HOURS, false),
          new WorkerIdentity("worker-1", "test"),
          clock);

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void aClosedPipelineCancelsTheRecordThatWaitsToBeStored() throws Exception {
    CountDownLatch tried = new CountDownLatch(1);
    CompletableFuture<String> record =
        pipeline.finish(
            () -> {
              tried.countDown();
              throw new QueryFailedException(FailureCode.STORE_UNAVAILABLE, "away");
            });
    tried.await();
    assertFalse(record.isDone());

    pipeline.close();

    assertThrows(CancellationException.class, record::get);
  }

  @Test
  void aDeadlinePassedBeforeDecodingCostsNoReading() {
    AtomicInteger reads = new AtomicInteger();
    fakes.onReference = uri -> reads.incrementAndGet();
    clock.advance(Duration.ofSeconds(60));

    assertExpiredBefore("decoding", pipeline.submit(located().deadline(DEADLINE).build()));

    assertEquals(0, reads.get());
  }

  @Test
  void aDeadlinePassedWhileDecodingCostsNoForward() {
    fakes.onReference = uri -> clock.advance(Duration.ofSeconds(60));

    assertExpiredBefore("composing", pipeline.submit(located().deadline(DEADLINE).build()));

    assertEquals(List.of(), fakes.composeBatches);
  }

  @Test
  void aDeadlinePassedWhileQueuedForTheDeviceCostsNoForward() throws Exception {
    HeldDevice device = new HeldDevice();
    CompletableFuture<QueryOutcome> first = pipeline.submit(query("first").build());
    device.entered.await();
    CompletableFuture<QueryOutcome> late = pipeline.submit(query("q1").deadline(DEADLINE).build());
    Awaitility.await().until(() -> pipeline.device().queued() == 1);

    clock.advance(Duration.ofSeconds(60));
    device.release.countDown();

    assertExpiredBefore("composing", late);
    assertInstanceOf(QueryOutcome.Completed.class, first.get());
    assertEquals(List.of(1), fakes.composeBatches);
  }

  @Test
  void aDeadlinePassedWhileComposingCostsNoSecondForward() {
    fakes.onCompose = size -> clock.advance(Duration.ofSeconds(60));

    assertExpiredBefore("explaining", pipeline.submit(query("q1").deadline(DEADLINE).build()));

    assertEquals(List.of(), fakes.explainBatches);
  }

  @Test
  void aDeadlinePassedWhileExplainingCostsNoRendering() {
    fakes.onExplain = size -> clock.advance(Duration.ofSeconds(60));

    assertExpiredBefore("rendering", pipeline.submit(query("q1").deadline(DEADLINE).build()));

    assertEquals(0, fakes.rendered.get());
  }

  @Test
  void aDeadlinePassedWhileRenderingCostsNoUpload() {
    fakes.onRender = () -> clock.advance(Duration.ofSeconds(60));

    assertExpiredBefore("uploading", pipeline.submit(query("q1").deadline(DEADLINE).build()));

    assertEquals(0, fakes.stored.size());
  }

  private static void assertExpiredBefore(String stage, CompletableFuture<QueryOutcome> outcome) {
    Failure failure = assertInstanceOf(QueryOutcome.Expired.class, outcome.join()).failure();
    assertEquals(FailureCode.DEADLINE_EXCEEDED, failure.code());
    assertEquals("deadline: " + DEADLINE + " passed before " + stage, failure.message());
  }

  @Test
  void aCancelledQueryEndsAtOnceAndIsNotComputed() throws Exception {
    HeldDevice device = new HeldDevice();
    CompletableFuture<QueryOutcome> first = pipeline.submit(query("first").build());
    device.entered.await();
    CompletableFuture<QueryOutcome> queued = pipeline.submit(query("q1").build());
    Awaitility.await().until(() -> pipeline.device().queued() == 1);

    pipeline.cancel(new Cancellation("q1", NOW, Optional.of("the user\nwent away")));

    Failure failure = assertInstanceOf(QueryOutcome.Cancelled.class, queued.join()).failure();
    assertEquals(FailureCode.CANCELLED, failure.code());
    assertEquals("cancelled at " + NOW + ": the user?went away", failure.message());
    assertFalse(first.isDone());
    assertEquals(1, pipeline.inFlight());
    device.release.countDown();
    assertInstanceOf(QueryOutcome.Completed.class, first.get());
    assertEquals(List.of(1), fakes.composeBatches);
  }

  @Test
  void aCancellationStopsTheQueryThatIsOnTheDevice() throws Exception {
    HeldDevice device = new HeldDevice();
    CompletableFuture<QueryOutcome> outcome = pipeline.submit(query("q1").build());
    device.entered.await();

    pipeline.cancel(cancellation("q1"));

    assertInstanceOf(QueryOutcome.Cancelled.class, outcome.join());
    device.release.countDown();
    completed("next");
    assertEquals(List.of(3), fakes.explainBatches, "only the next query goes on");
    assertTrue(fakes.stored.keySet().stream().noneMatch(key -> key.contains("/q1/")));
  }

  @Test
  void aCancellationCutsAWaitingRetryShort() {
    CountDownLatch refused = new CountDownLatch(1);
    fakes.onReference =
        uri -> {
          refused.countDown();
          throw new ImageSourceException(ImageSourceException.Reason.UNAVAILABLE, "away");
        };
    CompletableFuture<QueryOutcome> outcome = pipeline.submit(located().build());
    FakePorts.await(refused);

    pipeline.cancel(cancellation("q1"));

    assertInstanceOf(QueryOutcome.Cancelled.class, outcome.join());
    assertEquals(0, pipeline.inFlight());
  }

  @Test
  void aCancellationThatCameFirstIsRemembered() {
    pipeline.cancel(cancellation("q1"));

    assertInstanceOf(QueryOutcome.Cancelled.class, pipeline.submit(query("q1").build()).join());
    assertInstanceOf(QueryOutcome.Cancelled.class, pipeline.submit(query("q1").build()).join());
    completed("q2");
  }

  @Test
  void aCancellationConcernsNeitherLaterQueriesNorAnsweredOnes() {
    CompletableFuture<QueryOutcome> answered = pipeline.submit(query("q1").build());
    answered.join();

    pipeline.cancel(cancellation("q1"));

    assertInstanceOf(QueryOutcome.Completed.class, answered.join());
    Query later = query("q1").submittedAt(NOW.plusMillis(1)).build();
    assertInstanceOf(QueryOutcome.Completed.class, pipeline.submit(later).join());
  }

  @Test
  void aDroppedQueryEndsBeforeItsNextStageWithoutAnOutcome() throws Exception {
    HeldDevice device = new HeldDevice();
    CompletableFuture<QueryOutcome> dropped = pipeline.submit(query("q1").build());
    device.entered.await();

    assertTrue(dropped.cancel(false));

    assertEquals(0, pipeline.inFlight());
    device.release.countDown();
    completed("next");
    assertThrows(CancellationException.class, dropped::join);
    assertEquals(List.of(3), fakes.explainBatches);
    assertTrue(fakes.stored.keySet().stream().noneMatch(key -> key.contains("/q1/")));
  }

  /** Lets the first forward pass wait. */
  private final class HeldDevice {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    HeldDevice() {
      fakes.onCompose =
          size -> {
            entered.countDown();
            FakePorts.await(release);
          };
    }
  }

  private void completed(String id) {
    assertInstanceOf(QueryOutcome.Completed.class, pipeline.submit(query(id).build()).join());
  }

  private static Cancellation cancellation(String id) {
    return new Cancellation(id, NOW, Optional.empty());
  }

  private static QueryBuilder query(String id) {
    return Query.builder(id)
        .gallery("world")
        .reference(FakePorts.text("good"), "image/png")
        .captions("is blue")
        .saliency(new SaliencyRequest(true, 3, SaliencyMethod.EXACT))
        .submittedAt(NOW);
  }

  private static QueryBuilder located() {
    return query("q1").reference(URI.create("s3://in/reference.png"));
  }
}
