package dev.heliograph.audit;

import java.util.List;

/**
 * How a recomputed answer compares with the recorded one.
 *
 * @param largestScoreDifference over similarities and explained scores; 0 if nothing was compared
 * @param largestGridDifference over all maps' values, relative to the map's recorded maximum
 * @param findings one line each: what differs, or why nothing could be compared
 */
public record ReplayReport(
    Outcome outcome,
    float largestScoreDifference,
    float largestGridDifference,
    List<String> findings) {

  /** From best to worst; exit codes as for {@code audit verify}. */
  public enum Outcome {
    /** Ranking, scores, grids and stored bytes are the same, bit for bit. */
    BITWISE_EQUAL(Verdict.VERIFIED),
    /** The ranking is the same, and all numbers are within the recorded tolerance. */
    WITHIN_TOLERANCE(Verdict.VERIFIED),
    DIFFERS(Verdict.FAILED),
    /**
     * The same computation is not possible here: other weights or precision, no such gallery
     * version, …
     */
    NOT_COMPARABLE(Verdict.COULD_NOT_CHECK);

    private final Verdict verdict;

    Outcome(Verdict verdict) {
      this.verdict = verdict;
    }

    public Verdict verdict() {
      return verdict;
    }
  }

  public ReplayReport {
    findings = List.copyOf(findings);
  }

  /** Nothing could be compared. */
  public static ReplayReport notComparable(List<String> reasons) {
    return new ReplayReport(Outcome.NOT_COMPARABLE, 0, 0, reasons);
  }
}
