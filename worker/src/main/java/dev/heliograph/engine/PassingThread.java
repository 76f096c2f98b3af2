package dev.heliograph.engine;

import dev.heliograph.pipeline.Thrown;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs work on a thread that has ended when the result is there. PyTorch keeps helper threads for
 * every thread that ever computed, until that one ends; and as soon as there are more of them than
 * cores, all sleep in each of a pass's hundreds of waits of some microseconds. So whoever only
 * opens a model leaves none behind, and the pipeline's one computing thread has the cores for
 * itself.
 */
final class PassingThread {
  private PassingThread() {}

  /**
   * Throws what the work throws. An interrupt is kept for later: native code would not end of it.
   */
  static <T> T run(String name, Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(task, name);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          thread.join();
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw Thrown.by(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
