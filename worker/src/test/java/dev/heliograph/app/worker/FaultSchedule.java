package dev.heliograph.app.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when. Steps come in order, each once so many queries have a completion, and a while
 * after that: the same schedule means the same on a fast and on a slow machine. Not thread-safe.
 */
final class FaultSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(FaultSchedule.class);

  private final Queue<Step> steps = new ArrayDeque<>();
  private long reachedNanos;
  private boolean reached;

  private record Step(int afterCompletions, Duration delay, String name, Runnable action) {}

  FaultSchedule after(int completions, Duration delay, String name, Runnable action) {
    steps.add(new Step(completions, delay, name, action));
    return this;
  }

  /** So long after the step before. */
  FaultSchedule then(Duration delay, String name, Runnable action) {
    return after(0, delay, name, action);
  }

  boolean isDone() {
    return steps.isEmpty();
  }

  /** Does what is due. */
  void advance(int completions) {
    Step next = steps.peek();
    if (next == null || completions < next.afterCompletions()) {
      return;
    }
    if (!reached) {
      reached = true;
      reachedNanos = System.nanoTime();
    }
    if (System.nanoTime() - reachedNanos >= next.delay().toNanos()) {
      LOG.info("at {} completions: {}", completions, next.name());
      steps.remove();
      reached = false;
      next.action().run();
    }
  }
}
