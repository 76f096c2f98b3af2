package dev.heliograph.query;

import java.util.Objects;

/**
 * Which saliency maps a query wants.
 *
 * @param reference whether the reference image gets one
 * @param maxCandidates how many of the best results get one, with its files, 0 to 100. With 0, no
 *     result has a map. From 1 on, results behind them have maps without files if the gallery was
 *     built with explanations and the method is EXACT.
 */
public record SaliencyRequest(boolean reference, int maxCandidates, SaliencyMethod method) {
  /** More maps than anyone looks at; each costs a decode, a forward and an upload. */
  public static final int MAX_CANDIDATES = 100;

  public static final SaliencyRequest DEFAULT = new SaliencyRequest(true, 3, SaliencyMethod.EXACT);
  public static final SaliencyRequest NONE = new SaliencyRequest(false, 0, SaliencyMethod.EXACT);

  public SaliencyRequest {
    Objects.requireNonNull(method, "method");
    if (maxCandidates < 0 || maxCandidates > MAX_CANDIDATES) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "saliency.maxCandidates: " + maxCandidates + " is not in 0.." + MAX_CANDIDATES);
    }
  }
}
