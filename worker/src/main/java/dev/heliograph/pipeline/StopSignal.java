package dev.heliograph.pipeline;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tells one run, wherever it is, that it is to end. The first reason counts. Thread-safe. */
final class StopSignal {
  private final CompletableFuture<RuntimeException> reason = new CompletableFuture<>();
  private boolean stopping;

  /** What {@link #unlessStopped} began is over when this returns. */
  void stop(RuntimeException why) {
    synchronized (this) {
      stopping = true;
    }
    reason.complete(why);
  }

  /** Does something short, or nothing from the stop on. */
  synchronized void unlessStopped(Runnable action) {
    if (!stopping) {
      action.run();
    }
  }

  boolean isStopped() {
    return reason.isDone();
  }

  /** Throws the reason, if there is one. */
  void check() {
    @Nullable RuntimeException why = reason.getNow(null);
    if (why != null) {
      throw why;
    }
  }

  /** Lets a wait fail with the reason as soon as there is one. */
  void cutShort(CompletableFuture<?> wait) {
    var unused = reason.thenAccept(wait::completeExceptionally);
  }
}
