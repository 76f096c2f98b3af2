package dev.heliograph.audit;

/**
 * How far a replay may be from the record and still count as the same answer.
 *
 * @param score largest difference of a similarity or an explained score
 * @param grid largest difference of a saliency value, relative to the map's raw maximum
 */
public record ReplayTolerance(float score, float grid) {
  /**
   * What records state, and the most that a replay believes them. The same build on the same kind
   * of processor gives the same bits. Another processor, thread count or JDK may add in another
   * order: single precision then differs in its last digits.
   */
  public static final ReplayTolerance LIMIT = new ReplayTolerance(1e-5f, 1e-3f);

  public ReplayTolerance {
    if (!(score >= 0) || !(grid >= 0)) {
      throw new IllegalArgumentException(
          "replay tolerances must not be negative: " + score + ", " + grid);
    }
  }

  /** This one, or where it is larger the other. */
  ReplayTolerance atMost(ReplayTolerance limit) {
    return new ReplayTolerance(Math.min(score, limit.score), Math.min(grid, limit.grid));
  }
}
