package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;

/** The two-layer perceptron of a transformer block. */
record Mlp(Linear first, Activation activation, Linear second) {

  NDArray forward(NDArray x) {
    return afterFirst(first.forward(x));
  }

  /**
   * The rest of {@link #forward}.
   *
   * @param h what {@link #first} gave
   */
  NDArray afterFirst(NDArray h) {
    return second.forward(activation.apply(h));
  }

  /** The vector-Jacobian product, at the h that {@link #first} gave. */
  NDArray pullBack(NDArray h, NDArray gradient) {
    return first.pullBack(second.pullBack(gradient).mul(activation.slope(h)));
  }

  /**
   * The Jacobian-vector product.
   *
   * @param h (B, 1, 4W), what {@link #first} gave
   * @param tangents (B, N, W)
   */
  NDArray pushForward(NDArray h, NDArray tangents) {
    return second.pushForward(first.pushForward(tangents).mul(activation.slope(h)));
  }
}
