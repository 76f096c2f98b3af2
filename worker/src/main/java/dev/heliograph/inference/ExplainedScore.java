package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;

/**
 * A number per image that a saliency map explains.
 *
 * @param score (B, 1)
 * @param gradient (B, D), of the score with respect to the image's feature, which is not normalised
 */
record ExplainedScore(NDArray score, NDArray gradient) {
  static final String PSEUDO_WORD_LENGTH = "length of phi(reference feature)";
  static final String COSINE = "cosine of candidate feature and composed query";

  /** The length of phi's pseudo-word token: what a reference image contributes to its query. */
  static ExplainedScore pseudoWordLength(Phi phi, Phi.Inversion inversion) {
    NDArray length = Vectors.length(inversion.word());
    return new ExplainedScore(length, phi.pullBack(inversion, inversion.word().div(length)));
  }

  /**
   * The cosine of a feature with a query: the ranking score of a candidate.
   *
   * @param feature (B, D), not normalised
   * @param query (B, D), normalised
   */
  static ExplainedScore cosine(NDArray feature, NDArray query) {
    NDArray length = Vectors.length(feature);
    NDArray unit = feature.div(length);
    NDArray cosine = Vectors.dot(unit, query);
    return new ExplainedScore(cosine, query.sub(unit.mul(cosine)).div(length));
  }
}
