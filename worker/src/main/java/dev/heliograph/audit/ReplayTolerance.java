package dev.heliograph.audit;

/**
 * How far a replay may be from the record and still count as the same answer.
 *
 * @param score largest difference of a similarity or an explained score
 * @param grid largest difference of a saliency value, relative to the map's raw maximum
 */
public record ReplayTolerance(float score, float grid) {
  public ReplayTolerance {
    if (!(score >= 0) || !(grid >= 0)) {
      throw new IllegalArgumentException(
          "replay tolerances must not be negative: " + score + ", " + grid);
    }
  }
}
