package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * y = x Wᵀ + b over the last axis. Results belong to the manager of the argument, never to that of
 * the weights.
 *
 * @param weight (outputs, inputs)
 * @param bias (outputs), or null
 */
record Linear(NDArray weight, @Nullable NDArray bias) {

  NDArray forward(NDArray x) {
    return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
  }

  /** The vector-Jacobian product: (B, outputs) to (B, inputs). */
  NDArray pullBack(NDArray gradient) {
    return gradient.matMul(weight);
  }

  /** The Jacobian-vector product: (B, N, inputs) to (B, N, outputs). */
  NDArray pushForward(NDArray tangents) {
    return tangents.getNDArrayInternal().linear(tangents, weight, null).singletonOrThrow();
  }

  long inputs() {
    return weight.getShape().get(1);
  }

  long outputs() {
    return weight.getShape().get(0);
  }
}
