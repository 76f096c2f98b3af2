package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Layer normalisation over the last axis.
 *
 * @param gamma (W), the scale
 * @param beta (W), the shift
 */
record LayerNorm(NDArray gamma, NDArray beta, float epsilon) {

  NDArray forward(NDArray x) {
    Shape width = new Shape(x.getShape().get(x.getShape().dimension() - 1));
    return x.getNDArrayInternal().layerNorm(x, width, gamma, beta, epsilon).singletonOrThrow();
  }

  /**
   * The vector-Jacobian product at x: with h = gradient ⊙ γ and x̂ the normalised x, (h − mean(h) −
   * x̂ mean(h ⊙ x̂)) / σ.
   *
   * @param x (B, W), what {@link #forward} was given
   * @param gradient (B, W)
   */
  NDArray pullBack(NDArray x, NDArray gradient) {
    int[] last = {x.getShape().dimension() - 1};
    NDArray centred = x.sub(x.mean(last, true));
    NDArray sigma = centred.square().mean(last, true).add(epsilon).sqrt();
    NDArray normalised = centred.div(sigma);
    NDArray h = gradient.mul(gamma);
    NDArray along = normalised.mul(h.mul(normalised).mean(last, true));
    return h.sub(h.mean(last, true)).sub(along).div(sigma);
  }
}
