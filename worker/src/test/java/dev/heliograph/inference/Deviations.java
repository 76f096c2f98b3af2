package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares numbers with the reference's, and remembers the largest difference per quantity. */
final class Deviations {
  private static final Logger LOG = LoggerFactory.getLogger(Deviations.class);

  private final Map<String, Double> largest = new TreeMap<>();
  private final Map<String, Double> tolerances = new TreeMap<>();

  void check(String quantity, double tolerance, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, quantity);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      worst = Math.max(worst, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
    }
    largest.merge(quantity, worst, Math::max);
    tolerances.put(quantity, tolerance);
    assertTrue(
        worst <= tolerance,
        String.format(Locale.ROOT, "%s: off by %.2e, allowed %.2e", quantity, worst, tolerance));
  }

  /** With a tolerance that is a fraction of the largest expected magnitude. */
  void checkRelative(String quantity, double tolerance, float[] expected, float[] actual) {
    float scale = 0;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    check(quantity, tolerance, divided(expected, scale), divided(actual, scale));
  }

  void log() {
    largest.forEach(
        (quantity, worst) ->
            LOG.info(
                String.format(
                    Locale.ROOT,
                    "%-42s %.2e (allowed %.0e)",
                    quantity,
                    worst,
                    tolerances.get(quantity))));
  }

  private static float[] divided(float[] values, float scale) {
    float[] divided = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      divided[i] = scale == 0 ? values[i] : values[i] / scale;
    }
    return divided;
  }
}
