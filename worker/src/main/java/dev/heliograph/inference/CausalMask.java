package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** What a token of a prompt may attend to, as a term of the attention logits: 0 or −∞. */
final class CausalMask {
  private CausalMask() {}

  /** (T, T): a token sees itself and what precedes it. */
  static NDArray square(NDManager manager, int tokens) {
    float[] mask = new float[tokens * tokens];
    for (int row = 0; row < tokens; row++) {
      hideAfter(mask, row * tokens, tokens, row);
    }
    return manager.create(mask, new Shape(tokens, tokens));
  }

  /** (B, 1, 1, T): the last token of each prompt sees its own prompt and no padding. */
  static NDArray lastRows(NDManager manager, List<int[]> prompts, int tokens) {
    float[] mask = new float[prompts.size() * tokens];
    for (int i = 0; i < prompts.size(); i++) {
      hideAfter(mask, i * tokens, tokens, prompts.get(i).length - 1);
    }
    return manager.create(mask, new Shape(prompts.size(), 1, 1, tokens));
  }

  private static void hideAfter(float[] mask, int start, int tokens, int last) {
    for (int column = last + 1; column < tokens; column++) {
      mask[start + column] = Float.NEGATIVE_INFINITY;
    }
  }
}
