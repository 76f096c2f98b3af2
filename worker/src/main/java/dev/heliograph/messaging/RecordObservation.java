package dev.heliograph.messaging;

import dev.heliograph.query.QueryOutcome;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Follows one record from its take-up to its outcome, for metrics, traces and logs. Thread-safe;
 * methods return at once and throw nothing of their own.
 */
public interface RecordObservation {
  /** Does work that belongs to the record, on this thread; passes on what it throws. */
  <T> T call(Supplier<T> work);

  /** What the completion's headers say; empty to leave them as the query's are. */
  Optional<TraceContext> trace();

  /**
   * Nothing more will be done, except publishing.
   *
   * @param outcome empty for a record that holds no query, and after an error
   * @param error why there will be no publication
   */
  void ended(Optional<QueryOutcome> outcome, Optional<Throwable> error);

  /** Sees nothing and lets the completion carry the query's own trace. */
  static RecordObservation passingOn(Optional<TraceContext> trace) {
    return new RecordObservation() {
      @Override
      public <T> T call(Supplier<T> work) {
        return work.get();
      }

      @Override
      public Optional<TraceContext> trace() {
        return trace;
      }

      @Override
      public void ended(Optional<QueryOutcome> outcome, Optional<Throwable> error) {}
    };
  }
}
