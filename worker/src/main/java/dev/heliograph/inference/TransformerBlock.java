package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import org.jspecify.annotations.Nullable;

/**
 * A pre-norm transformer block: x + out(attention(norm1(x))), then y + mlp(norm2(y)).
 *
 * @param qkv W to 3W: query, key and value in one product
 */
record TransformerBlock(
    LayerNorm norm1, Linear qkv, Linear out, LayerNorm norm2, Mlp mlp, int heads) {

  /**
   * @param x (B, T, W), left open
   * @param mask added to the attention logits, or null
   * @return (B, T, W), the only array that outlives the call, in the manager of x
   */
  NDArray forward(NDArray x, @Nullable NDArray mask) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray attention = Heads.attend(qkv.forward(norm1.forward(x)), heads, mask);
      NDArray y = out.forward(attention).addi(x);
      NDArray result = mlp.forward(norm2.forward(y)).addi(y);
      NDScope.unregister(result);
      return result;
    }
  }
}
