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
    return normalised(x).slope(gradient.mul(gamma));
  }

  /**
   * The Jacobian-vector product at x: the same with γ behind it, since the Jacobian of x̂ is
   * symmetric.
   *
   * @param x (B, 1, W), what {@link #forward} was given
   * @param tangents (B, N, W), N of each x
   */
  NDArray pushForward(NDArray x, NDArray tangents) {
    return normalised(x).slope(tangents).mul(gamma);
  }

  private Normalised normalised(NDArray x) {
    int[] last = {x.getShape().dimension() - 1};
    NDArray centred = x.sub(x.mean(last, true));
    NDArray sigma = centred.square().mean(last, true).add(epsilon).sqrt();
    return new Normalised(centred.div(sigma), sigma);
  }

  /** x̂ and σ. */
  private record Normalised(NDArray unit, NDArray sigma) {
    NDArray slope(NDArray h) {
      int[] last = {h.getShape().dimension() - 1};
      NDArray along = h.mul(unit).mean(last, true).mul(unit);
      return h.sub(h.mean(last, true)).sub(along).div(sigma);
    }
  }
}
