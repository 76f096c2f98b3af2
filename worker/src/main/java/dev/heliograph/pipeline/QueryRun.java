package dev.heliograph.pipeline;

import dev.heliograph.query.Cancellation;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One query in the pipeline, from when it is taken up to its one outcome. */
final class QueryRun {
  private final Query query;
  private final RunEvidence evidence;
  private final QueryPipeline pipeline;
  private final LogContext logs;
  private final RunClock clock;
  private final StopSignal stop = new StopSignal();
  private final Retries retries;
  private final RunSteps steps;
  private final RankingStages ranking;
  private final ExplanationStages explanation;
  private final CompletableFuture<QueryOutcome> outcome = new CompletableFuture<>();

  QueryRun(Query query, QueryPipeline pipeline, QueryListener listener, RunEvidence evidence) {
    this.query = query;
    this.evidence = evidence;
    this.pipeline = pipeline;
    this.logs = LogContext.current().with(query.queryId());
    this.clock = new RunClock(query, pipeline.clock(), pipeline.observer().begun(query));
    this.retries =
        logs.call(
            () ->
                new Retries(
                    pipeline.config().retry(), pipeline.threads(), clock::expiresWithin, stop));
    this.steps =
        new RunSteps(
            retries, stop, logs, pipeline.threads(), pipeline.memory(), pipeline.ports().arrays());
    RunControl control = new RunControl(stop, clock, retries, steps);
    this.ranking = new RankingStages(query, pipeline, listener, evidence, control);
    this.explanation = new ExplanationStages(query, pipeline, control);
  }

  CompletableFuture<QueryOutcome> start() {
    var unused = outcome.whenComplete((value, error) -> stopIfNobodyWaits());
    unused =
        ranking
            .ranking()
            .thenCompose(explanation::answer)
            .handle((a, e) -> logs.call(() -> outcomes().apply(a, e)))
            .whenComplete(this::end);
    if (pipeline.isClosed()) {
      drop();
    }
    return outcome;
  }

  private OutcomeOf outcomes() {
    return new OutcomeOf(query, clock, retries);
  }

  private void end(@Nullable QueryOutcome value, @Nullable Throwable error) {
    try {
      steps.close();
    } finally {
      conclude(value, error);
    }
  }

  private void conclude(@Nullable QueryOutcome value, @Nullable Throwable error) {
    pipeline.ended(this);
    evidence.tried(retries.attempts());
    if (error == null && (value instanceof QueryOutcome.Completed || !pipeline.isClosed())) {
      outcome.complete(value);
    } else if (error == null) {
      outcome.cancel(false); // it failed because the pipeline was closed, not for its own sake
    } else {
      outcome.completeExceptionally(Retries.unwrapped(error));
    }
  }

  /** Ends as CANCELLED if this is the query that is meant; what it still does has no effect. */
  void cancel(Cancellation cancellation) {
    if (cancellation.concerns(query.header())) {
      var reason = new QueryFailedException(FailureCode.CANCELLED, cancellation.message());
      stop.stop(reason);
      pipeline.ended(this);
      outcome.complete(outcomes().apply(null, reason));
    }
  }

  /** Ends without an outcome; what it still does has no effect. */
  void drop() {
    outcome.cancel(false);
  }

  private void stopIfNobodyWaits() {
    if (outcome.isCancelled()) {
      stop.stop(new CancellationException("query " + query.queryId() + " was dropped"));
      pipeline.ended(this);
    }
  }
}
