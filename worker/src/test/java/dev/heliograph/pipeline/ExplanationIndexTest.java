package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.Answer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a query's results look like when their gallery has their maps ready. */
@Timeout(60)
class ExplanationIndexTest {
  private static final int RESULTS = 7;
  private static final float FROM_INDEX = 9;
  private static final float FROM_FORWARD = 0;

  private final FakePorts fakes = new FakePorts();
  private final QueryPipeline pipeline =
      new QueryPipeline(
          fakes.ports(),
          new PipelineConfig(2, 4, Duration.ZERO, 100, 1000, 1 << 20, RetryPolicy.DEFAULT, false),
          new WorkerIdentity("worker-1", "test"),
          Clock.systemUTC());

  @BeforeEach
  void index() {
    fakes.index = row -> Optional.of(FakePorts.indexed(4, 4, FROM_INDEX));
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void everyResultHasItsMapAndTheFirstHaveFilesWithoutAForward() throws Exception {
    Answer answer = answer(query());

    for (RankedImage result : answer.results()) {
      Saliency saliency = result.saliency().orElseThrow();
      assertEquals(FROM_INDEX, saliency.map().grid()[0]);
      assertEquals(result.similarity(), saliency.explainedScore());
      assertEquals(result.similarity(), saliency.rankingScore());
      assertEquals(result.rank() <= 3, saliency.heatmap().isPresent());
      assertEquals(result.rank() <= 3, saliency.array().isPresent());
    }
    assertEquals(RESULTS, answer.results().size());
    assertEquals(List.of(), fakes.explainBatches);
    assertEquals(3, fakes.candidatesRead.size());
    assertTrue(answer.timings().containsKey("index"));
  }

  @Test
  void readsNoImageOfWhichNoOverlayIsDrawn() throws Exception {
    ArtifactRequest arrays =
        new ArtifactRequest(HeatmapFormat.NONE, ArrayFormat.NPY, Optional.empty());

    Answer answer = answer(query().artifacts(arrays));

    assertEquals(List.of(), fakes.candidatesRead);
    assertTrue(answer.results().get(0).saliency().orElseThrow().array().isPresent());
    assertTrue(answer.results().get(RESULTS - 1).saliency().isPresent());
  }

  @Test
  void aQueryThatWantsNoCandidateMapsGetsNone() throws Exception {
    Answer answer = answer(query().saliency(new SaliencyRequest(true, 0, SaliencyMethod.EXACT)));

    assertTrue(answer.results().stream().allMatch(result -> result.saliency().isEmpty()));
    assertEquals(List.of(), fakes.candidatesRead);
  }

  @Test
  void thePublishedMethodIsComputedAsEver() throws Exception {
    Answer answer =
        answer(query().saliency(new SaliencyRequest(true, 3, SaliencyMethod.PUBLISHED)));

    assertEquals(List.of(3), fakes.explainBatches);
    assertEquals(FROM_FORWARD, first(answer, 0));
    assertTrue(answer.results().get(3).saliency().isEmpty());
  }

  @Test
  void anImageOfAnotherSizeThanTheIndexedOneIsExplainedAnew() throws Exception {
    fakes.index = row -> Optional.of(FakePorts.indexed(row == 1 ? 8 : 4, 4, FROM_INDEX));

    Answer answer = answer(query());

    assertEquals(List.of(1), fakes.explainBatches);
    assertEquals(FROM_INDEX, first(answer, 0));
    assertEquals(FROM_FORWARD, first(answer, 1));
    assertEquals(4, answer.results().get(1).saliency().orElseThrow().map().geometry().width());
    assertEquals(0.5f, answer.results().get(1).saliency().orElseThrow().explainedScore());
  }

  @Test
  void aDamagedRecordIsComputedOrLeftOut() throws Exception {
    fakes.index =
        row ->
            row == 0 || row == 5
                ? Optional.empty()
                : Optional.of(FakePorts.indexed(4, 4, FROM_INDEX));

    Answer answer = answer(query());

    assertEquals(List.of(1), fakes.explainBatches);
    assertEquals(FROM_FORWARD, first(answer, 0));
    assertTrue(answer.results().get(5).saliency().isEmpty());
    assertEquals(FROM_INDEX, first(answer, 6));
  }

  @Test
  void anUnreadableImageKeepsItsMapAndArrayButHasNoOverlay() throws Exception {
    fakes.candidateFiles.remove("image-1.png");

    Answer answer = answer(query());

    Saliency saliency = answer.results().get(1).saliency().orElseThrow();
    assertEquals(FROM_INDEX, saliency.map().grid()[0]);
    assertTrue(saliency.heatmap().isEmpty());
    assertTrue(saliency.array().isPresent());
    assertEquals(FailureCode.CANDIDATE_NOT_FOUND, answer.warnings().get(0).code());
  }

  private static float first(Answer answer, int position) {
    return answer.results().get(position).saliency().orElseThrow().map().grid()[0];
  }

  private static QueryBuilder query() {
    return Query.builder("q1")
        .gallery("world")
        .reference(FakePorts.text("good"), "image/png")
        .captions("is blue")
        .topK(RESULTS)
        .saliency(new SaliencyRequest(true, 3, SaliencyMethod.EXACT));
  }

  private Answer answer(QueryBuilder query) throws Exception {
    return assertInstanceOf(QueryOutcome.Completed.class, pipeline.submit(query.build()).get())
        .answer();
  }
}
