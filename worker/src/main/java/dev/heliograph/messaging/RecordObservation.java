package dev.heliograph.messaging;

import dev.heliograph.query.QueryOutcome;
import java.util.Optional;

/**
 * Follows one record from its take-up to its outcome, for metrics, traces and logs. Thread-safe;
 * methods return at once and throw nothing.
 */
public interface RecordObservation {
  /** Until it is closed, what the thread does belongs to the record. */
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  Scope enter();

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
      public Scope enter() {
        return () -> {};
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
