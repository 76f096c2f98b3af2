package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a pipeline tells of itself. */
@Timeout(60)
class PipelineObserverTest implements PipelineObserver {
  private record Stage(String queryId, String name, Instant from, Instant to) {}

  private final List<Stage> stages = new CopyOnWriteArrayList<>();
  private final List<String> batches = new CopyOnWriteArrayList<>();
  private final AtomicLong stored = new AtomicLong();
  private final FakePorts fakes = new FakePorts();
  private final QueryPipeline pipeline =
      new QueryPipeline(
          fakes.ports(),
          new PipelineConfig(
              2,
              4,
              Duration.ZERO,
              100,
              1000,
              1 << 20,
              new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofHours(1)),
              false),
          new WorkerIdentity("worker-1", "test"),
          Clock.systemUTC(),
          this);

  @Override
  public Run begun(Query query) {
    return (stage, from, to) -> stages.add(new Stage(query.queryId(), stage, from, to));
  }

  @Override
  public void batched(String step, int size) {
    batches.add(step + " " + size);
  }

  @Override
  public void stored(long bytes) {
    stored.addAndGet(bytes);
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  private static Query query(String id) {
    return Query.builder(id)
        .gallery("world")
        .reference(FakePorts.text("reference"), "image/png")
        .captions("is red")
        .build();
  }

  @Test
  void hearsOfStagesBatchesAndStoredBytes() throws Exception {
    pipeline.submit(query("q1")).get();
    assertEquals(
        List.of("reference", "compose", "search", "rank", "candidates", "explain", "artifacts"),
        stages.stream().map(Stage::name).toList());
    Instant end = stages.get(0).from();
    for (Stage stage : stages) {
      assertTrue(!stage.to().isBefore(stage.from()), stage::toString);
      if (!stage.name().equals("compose") && !stage.name().equals("search")) {
        assertEquals(end, stage.from(), "stages follow each other without a gap");
        end = stage.to();
      }
    }
    assertEquals(List.of("compose 1", "explain 3"), batches);
    assertEquals(
        fakes.stored.values().stream().mapToLong(object -> object.bytes().length).sum(),
        stored.get());
    assertEquals(0, pipeline.imageBytes());
  }

  @Test
  void hearsOfTheStagesBeforeAFailure() throws Exception {
    fakes.onPut =
        key -> {
          throw new QueryFailedException(FailureCode.INVALID_QUERY, "no");
        };
    assertTrue(pipeline.submit(query("q1")).get() instanceof QueryOutcome.Failed);
    assertTrue(stages.stream().anyMatch(stage -> stage.name().equals("explain")));
    assertTrue(stages.stream().noneMatch(stage -> stage.name().equals("artifacts")));
  }

  @Test
  void countsTheImagesThatQueriesHold() throws Exception {
    AtomicLong held = new AtomicLong();
    fakes.onPut = key -> held.set(pipeline.imageBytes());
    pipeline.submit(query("q1")).get();
    assertEquals(4 * 48, held.get(), "the reference and three candidates of 4 x 4 pixels");
  }

  /** On whichever thread: the query's id, and what the submitting thread had to say. */
  @Test
  void logLinesOfAQuerySayWhoseTheyAre() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    fakes.onPut =
        key -> {
          assertEquals("q1", MDC.get("queryId"));
          if (puts.incrementAndGet() == 1) {
            throw new QueryFailedException(FailureCode.STORE_UNAVAILABLE, "refused");
          }
        };
    Logger logger = (Logger) LoggerFactory.getLogger(Retries.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    MDC.put("trace_id", "4bf9");
    try {
      assertTrue(pipeline.submit(query("q1")).get() instanceof QueryOutcome.Completed);
      assertEquals(Map.of("trace_id", "4bf9"), MDC.getCopyOfContextMap());
    } finally {
      MDC.clear();
      logger.detachAppender(lines);
    }
    assertEquals(1, lines.list.size());
    assertEquals(
        Map.of("queryId", "q1", "trace_id", "4bf9"), lines.list.get(0).getMDCPropertyMap());
  }
}
