package dev.heliograph.demo.evaluation;

/**
 * What to measure on. The first {@code queries} scenes of the gallery are the queries' targets.
 *
 * @param seed of all scenes; the same seed gives the same figures
 */
public record EvaluationPlan(int queries, int gallery, long seed) {
  public static final EvaluationPlan DEFAULT = new EvaluationPlan(60, 300, 4242);

  /** The scenes take about 10 ms each to draw. */
  private static final int MAX_GALLERY = 100_000;

  public EvaluationPlan {
    if (queries < 1) {
      throw new IllegalArgumentException("queries: " + queries + " is below 1");
    }
    if (gallery < queries || gallery > MAX_GALLERY) {
      throw new IllegalArgumentException(
          "gallery: " + gallery + " is not in " + queries + " (queries).." + MAX_GALLERY);
    }
    if (seed < 0) {
      throw new IllegalArgumentException("seed: " + seed + " is negative");
    }
  }
}
