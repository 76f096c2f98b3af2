package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;

/** The nonlinearity of an MLP, under its name in {@code config.json}. */
enum Activation {
  /** h σ(1.702 h), OpenAI's approximation. */
  QUICK_GELU("quick_gelu") {
    @Override
    NDArray apply(NDArray h) {
      return h.mul(gate(h));
    }

    @Override
    NDArray slope(NDArray h) {
      NDArray gate = gate(h);
      NDArray rest = gate.mul(-1).add(1);
      return gate.add(h.mul(SHARPNESS).mul(gate).mul(rest));
    }
  },

  /** h Φ(h), with the exact error function. */
  GELU("gelu") {
    @Override
    NDArray apply(NDArray h) {
      return h.getNDArrayInternal().gelu();
    }

    @Override
    NDArray slope(NDArray h) {
      NDArray cumulative = h.mul(Math.sqrt(0.5)).erf().add(1).mul(0.5);
      NDArray density = h.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
      return cumulative.add(h.mul(density));
    }
  };

  private static final float SHARPNESS = 1.702f;

  private final String configName;

  Activation(String configName) {
    this.configName = configName;
  }

  String configName() {
    return configName;
  }

  abstract NDArray apply(NDArray h);

  /** The derivative at h, element by element. */
  abstract NDArray slope(NDArray h);

  private static NDArray gate(NDArray h) {
    return h.mul(SHARPNESS).getNDArrayInternal().sigmoid();
  }
}
