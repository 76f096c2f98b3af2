package dev.heliograph.app.worker;

/**
 * How much the fault tests do, and the seed of what they do at random. {@code
 * -Dheliograph.faults=full} runs them at full size, {@code -Dheliograph.faults.seed=7} otherwise.
 */
final class FaultSize {
  static final long SEED = Long.getLong("heliograph.faults.seed", 20261128L);

  private static final boolean FULL = "full".equals(System.getProperty("heliograph.faults"));

  private FaultSize() {}

  static <T> T of(T usual, T full) {
    return FULL ? full : usual;
  }
}
