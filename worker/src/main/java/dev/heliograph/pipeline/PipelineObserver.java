package dev.heliograph.pipeline;

import dev.heliograph.query.Query;
import java.time.Instant;

/**
 * Hears what a pipeline does, for metrics and traces. Called by all of its threads; methods return
 * at once and throw nothing.
 */
public interface PipelineObserver {
  /** Hears of one query. */
  @FunctionalInterface
  interface Run {
    /**
     * A stage has ended; also one that is part of another: {@code compose} and {@code search} are
     * parts of {@code rank}.
     */
    void staged(String stage, Instant from, Instant to);
  }

  /** Called by the thread that submits the query. */
  Run begun(Query query);

  /**
   * A batch went through the model, or failed in it.
   *
   * @param step {@code compose} or {@code explain}
   */
  void batched(String step, int size);

  /** An artifact is stored. */
  void stored(long bytes);

  /** Hears nothing. */
  PipelineObserver NONE =
      new PipelineObserver() {
        @Override
        public Run begun(Query query) {
          return (stage, from, to) -> {};
        }

        @Override
        public void batched(String step, int size) {}

        @Override
        public void stored(long bytes) {}
      };
}
