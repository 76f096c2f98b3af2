package dev.heliograph.messaging;

import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.time.Instant;
import java.util.Optional;
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
   * dev.heliograph.query.QueryFailedException}, INTERNAL otherwise.
   *
   * @param startedAt for the outcome, see {@link QueryOutcome#startedAt}
   */
  CompletionStage<Conclusion> answer(Query query, Instant startedAt);

  /**
   * What became of a query.
   *
   * @param cause of a failure, for the dead letter's stack trace
   */
  record Conclusion(QueryOutcome outcome, Optional<Throwable> cause) {
    public static Conclusion of(QueryOutcome outcome) {
      return new Conclusion(outcome, Optional.empty());
    }

    public static Conclusion of(QueryOutcome outcome, Throwable cause) {
      return new Conclusion(outcome, Optional.of(cause));
    }
  }
}
