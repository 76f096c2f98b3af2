package dev.heliograph.pipeline;

/** What ended work on another thread, for the thread that waited for it. */
public final class Thrown {
  private Thrown() {}

  /**
   * What the work itself threw, to be thrown here as if it had been done here.
   *
   * @param waiting what a future threw: an ExecutionException or a CompletionException
   * @return the cause, unless it is an Error, which is thrown at once
   */
  public static RuntimeException by(Exception waiting) {
    if (waiting.getCause() instanceof Error error) {
      throw error;
    }
    return waiting.getCause() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(waiting.getCause());
  }
}
