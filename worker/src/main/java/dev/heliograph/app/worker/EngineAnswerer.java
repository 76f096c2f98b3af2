package dev.heliograph.app.worker;

import dev.heliograph.engine.Heliograph;
import dev.heliograph.messaging.QueryAnswerer;
import dev.heliograph.messaging.RecordObservation;
import dev.heliograph.messaging.StatusPublisher;
import dev.heliograph.messaging.TakenUp;
import dev.heliograph.pipeline.QueryListener;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The engine behind the delivery's port; lets metrics, traces and, if they are wanted, statuses
 * know what becomes of queries.
 */
record EngineAnswerer(
    Heliograph engine, WorkerObserver observer, Optional<StatusPublisher> statuses)
    implements QueryAnswerer, QueryListener {

  @Override
  public CompletionStage<QueryOutcome> answer(Query query) {
    return answer(query, new RunEvidence());
  }

  @Override
  public CompletionStage<QueryOutcome> answer(Query query, RunEvidence evidence) {
    statuses.ifPresent(publisher -> publisher.accepted(query.header()));
    return engine.submit(query, this, evidence);
  }

  @Override
  public RecordObservation takenUp(TakenUp record) {
    return observer.takenUp(record);
  }

  @Override
  public void started(Query query) {
    statuses.ifPresent(publisher -> publisher.started(query.header()));
  }

  @Override
  public void ranked(Query query, List<RankedImage> ranking) {
    statuses.ifPresent(publisher -> publisher.ranked(query.header(), ranking));
  }

  @Override
  public void ended(QueryOutcome outcome) {
    statuses.ifPresent(publisher -> publisher.ended(outcome));
  }
}
