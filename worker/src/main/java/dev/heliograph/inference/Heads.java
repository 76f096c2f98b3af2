package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention; the scale is (width / heads) ^ −½. */
final class Heads {
  private Heads() {}

  /**
   * Every token attends to every token.
   *
   * @param qkv (B, T, 3W): query, key and value side by side
   * @param mask added to the logits, broadcast to (B, H, T, T), or null
   * @return (B, T, W), all heads side by side, before {@code out_proj}
   */
  static NDArray attend(NDArray qkv, int heads, @Nullable NDArray mask) {
    Shape shape = qkv.getShape();
    long batch = shape.get(0);
    long tokens = shape.get(1);
    long width = shape.get(2) / 3;
    NDArray split = qkv.reshape(batch, tokens, 3, heads, width / heads).transpose(2, 0, 3, 1, 4);
    NDArray q = split.get(0).mul(scale(width, heads));
    NDArray k = split.get(1);
    NDArray v = split.get(2);
    NDArray weights = weights(q.matMul(k.transpose(0, 1, 3, 2)), mask);
    return weights.matMul(v).transpose(0, 2, 1, 3).reshape(batch, tokens, width);
  }

  /**
   * One row per sequence attends to every token.
   *
   * @param query (B, W)
   * @param key (B, T, W)
   * @param value (B, T, W)
   * @param mask added to the logits, broadcast to (B, H, 1, T), or null
   * @return (B, W), all heads side by side, before {@code out_proj}
   */
  static NDArray attendRow(
      NDArray query, NDArray key, NDArray value, int heads, @Nullable NDArray mask) {
    Shape shape = key.getShape();
    long batch = shape.get(0);
    long tokens = shape.get(1);
    long width = shape.get(2);
    long depth = width / heads;
    NDArray q = query.reshape(batch, heads, 1, depth).mul(scale(width, heads));
    NDArray k = key.reshape(batch, tokens, heads, depth).transpose(0, 2, 3, 1);
    NDArray v = value.reshape(batch, tokens, heads, depth).transpose(0, 2, 1, 3);
    return weights(q.matMul(k), mask).matMul(v).reshape(batch, width);
  }

  private static float scale(long width, int heads) {
    return (float) Math.pow((double) width / heads, -0.5);
  }

  private static NDArray weights(NDArray logits, @Nullable NDArray mask) {
    return (mask == null ? logits : logits.add(mask)).softmax(-1);
  }
}
