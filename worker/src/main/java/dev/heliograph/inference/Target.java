package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;

/** A number per image whose gradient a saliency map shows. */
interface Target {

  /**
   * @param feature (B, D), not normalised
   */
  Explained explain(NDArray feature);

  /**
   * @param score (B, 1)
   * @param gradient (B, D), of the score with respect to the feature
   */
  record Explained(NDArray score, NDArray gradient) {}

  /** The length of phi's pseudo-word token: what the reference contributes to a query. */
  static Target pseudoWordLength(Phi phi) {
    return feature -> {
      Phi.Inversion inversion = phi.invert(feature);
      NDArray length = Vectors.length(inversion.word());
      return new Explained(length, phi.pullBack(inversion, inversion.word().div(length)));
    };
  }

  /**
   * The cosine with a query: the ranking score of a candidate.
   *
   * @param queries (B, D), normalised
   */
  static Target cosine(NDArray queries) {
    return feature -> {
      NDArray length = Vectors.length(feature);
      NDArray unit = feature.div(length);
      NDArray cosine = Vectors.dot(unit, queries);
      return new Explained(cosine, unit.mul(cosine).sub(queries).div(length).neg());
    };
  }
}
