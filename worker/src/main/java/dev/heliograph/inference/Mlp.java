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
}
