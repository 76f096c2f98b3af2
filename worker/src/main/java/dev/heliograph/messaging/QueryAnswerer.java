package dev.heliograph.messaging;

import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.util.concurrent.CompletionStage;

/**
 * Answers queries; the port behind which the pipeline is. Called by the delivery's loop thread,
 * which goes on polling meanwhile.
 */
public interface QueryAnswerer {
  /**
   * Accepts a query and returns at once: whoever blocks here blocks all partitions. As many queries
   * are in flight as the configuration allows, and they may finish in any order and on any thread.
   * A stage that completes exceptionally is a failed query: with the code of a {@link
   * dev.heliograph.query.QueryFailedException}, INTERNAL otherwise. Not so with an {@link Error} or
   * a {@link java.util.concurrent.CancellationException}: then nothing is published and delivery
   * ends, since what befell the answerer is not the query's own.
   */
  CompletionStage<QueryOutcome> answer(Query query);

  /**
   * Tells every outcome that will be published, also of queries that were never handed over because
   * they are not valid. Called before the publication, once per time that a record is taken up;
   * must not block. An exception is a bug and fails the query.
   */
  default void ended(QueryOutcome outcome) {}

  /**
   * The same, for a query whose outcome will be recorded.
   *
   * @param evidence to be filled with what the query's run comes upon
   */
  default CompletionStage<QueryOutcome> answer(Query query, RunEvidence evidence) {
    return answer(query);
  }

  /**
   * Begins to follow a record that was taken up; called by the loop thread before {@link #answer},
   * and for records that hold no query too. Must not throw.
   */
  default RecordObservation takenUp(TakenUp record) {
    return RecordObservation.passingOn(record.trace());
  }
}
