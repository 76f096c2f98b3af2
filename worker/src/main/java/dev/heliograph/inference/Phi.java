package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * SEARLE's textual inversion network: linear layers with exact GELU between them, from an image
 * feature that is <em>not</em> normalised to a pseudo-word token. Its dropout is for training only.
 *
 * @param layers D to the text tower's width W; at least one
 */
record Phi(List<Linear> layers) {

  /**
   * An inversion, with what a gradient needs.
   *
   * @param inputs of each activation, in order
   * @param word (B, W), the pseudo-word token
   */
  record Inversion(List<NDArray> inputs, NDArray word) {}

  /**
   * @param feature (B, D), not normalised
   */
  Inversion invert(NDArray feature) {
    List<NDArray> inputs = new ArrayList<>();
    NDArray x = layers.get(0).forward(feature);
    for (Linear layer : layers.subList(1, layers.size())) {
      inputs.add(x);
      x = layer.forward(Activation.GELU.apply(x));
    }
    return new Inversion(inputs, x);
  }

  /**
   * The vector-Jacobian product of {@link #invert}.
   *
   * @param gradient (B, W), with respect to the word
   * @return (B, D), with respect to the feature
   */
  NDArray pullBack(Inversion inversion, NDArray gradient) {
    NDArray g = gradient;
    for (int i = layers.size() - 1; i > 0; i--) {
      NDArray h = inversion.inputs.get(i - 1);
      g = layers.get(i).pullBack(g).mul(Activation.GELU.slope(h));
    }
    return layers.get(0).pullBack(g);
  }

  long featureLength() {
    return layers.get(0).inputs();
  }

  long wordLength() {
    return layers.get(layers.size() - 1).outputs();
  }
}
