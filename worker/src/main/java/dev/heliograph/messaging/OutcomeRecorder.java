package dev.heliograph.messaging;

import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps a record of each query's outcome before the outcome is published; the port behind which the
 * audit trail is.
 */
public interface OutcomeRecorder {
  /** Keeps none. */
  OutcomeRecorder NONE =
      (origin, query, evidence, outcome) -> CompletableFuture.completedFuture(Optional.empty());

  /**
   * Makes the record and stores it, on threads of its own. If that fails, the query has failed with
   * it: with the code of a {@link dev.heliograph.query.QueryFailedException}, INTERNAL otherwise,
   * whatever its outcome was. Errors and cancellations are as those of a {@link QueryAnswerer}.
   *
   * @param query empty if it could not be understood beyond its header
   * @param evidence complete: the query's run has ended
   */
  CompletionStage<Optional<Attestation>> record(
      Origin origin, Optional<Query> query, RunEvidence evidence, QueryOutcome outcome);

  /**
   * The event that asked.
   *
   * @param value as it was on the topic; not to be written to
   */
  record Origin(String topic, int partition, long offset, byte[] value) {
    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }

  /**
   * A stored record.
   *
   * @param artifact where it is
   * @param bytes all of it; not to be written to
   */
  record Attestation(Artifact artifact, byte[] bytes) {
    @Override
    public String toString() {
      return artifact.toString();
    }
  }
}
