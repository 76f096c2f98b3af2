package dev.heliograph.pipeline;

/** What a run's stages are under: stopped, timed and retried by, and their steps done on. */
record RunControl(StopSignal stop, RunClock clock, Retries retries, RunSteps steps) {

  /** To be called before each stage: is it still wanted, and in time? */
  void check(String stage) {
    stop.check();
    clock.checkDeadline(stage);
  }
}
