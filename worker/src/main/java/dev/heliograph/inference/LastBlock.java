package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The last block of a tower and its head, of which one row per sequence is wanted: CLS of an image,
 * the end token of a prompt. Only that row is computed. It is kept open between the attention and
 * the rest, so that the attention can be done again with another number of heads, and a gradient
 * stops there.
 *
 * @param keyValue W to 2W
 * @param finalNorm before the projection
 * @param projection W to D, without bias
 */
record LastBlock(
    LayerNorm norm1,
    Linear query,
    Linear keyValue,
    Linear out,
    LayerNorm norm2,
    Mlp mlp,
    LayerNorm finalNorm,
    Linear projection,
    int heads) {

  /**
   * A hidden state, ready for the attention.
   *
   * @param residual (B, W), the wanted row of the hidden state
   * @param query (B, W), of the wanted row
   * @param key (B, T, W)
   * @param value (B, T, W)
   */
  record Opened(NDArray residual, NDArray query, NDArray key, NDArray value) {}

  /**
   * The way from the attention's output to the joint space, with what a gradient needs.
   *
   * @param y (B, W), after the attention's residual
   * @param h (B, 4W), before the activation
   * @param z (B, W), the block's output
   * @param feature (B, D), not normalised
   */
  record Tail(NDArray y, NDArray h, NDArray z, NDArray feature) {}

  /**
   * @param x (B, T, W), the hidden state before this block
   * @param row (B, W), the wanted rows of x
   */
  Opened open(NDArray x, NDArray row) {
    long width = row.getShape().get(1);
    NDArray kv = keyValue.forward(norm1.forward(x));
    return new Opened(
        row,
        query.forward(norm1.forward(row)),
        kv.get("..., 0:{}", width),
        kv.get("..., {}:{}", width, 2 * width));
  }

  /** o, (B, W): all heads side by side, before {@code out_proj}. */
  NDArray attend(Opened opened, int heads, @Nullable NDArray mask) {
    return Heads.attendRow(opened.query, opened.key, opened.value, heads, mask);
  }

  Tail tail(Opened opened, NDArray o) {
    NDArray y = out.forward(o).addi(opened.residual);
    NDArray h = mlp.first().forward(norm2.forward(y));
    NDArray z = mlp.afterFirst(h).addi(y);
    return new Tail(y, h, z, projection.forward(finalNorm.forward(z)));
  }

  /**
   * The vector-Jacobian product of {@link #tail}: ∂S/∂o from ∂S/∂feature.
   *
   * @param gradient (B, D)
   * @return (B, W)
   */
  NDArray pullBack(Tail tail, NDArray gradient) {
    NDArray dz = finalNorm.pullBack(tail.z, projection.pullBack(gradient));
    NDArray dy = dz.add(norm2.pullBack(tail.y, mlp.pullBack(tail.h, dz)));
    return out.pullBack(dy);
  }

  /**
   * The Jacobian-vector product of {@link #tail}: how the feature moves with o.
   *
   * @param directions (B, N, W), N of each o
   * @return (B, N, D)
   */
  NDArray pushForward(Tail tail, NDArray directions) {
    NDArray dy = out.pushForward(directions);
    NDArray mlpPart = norm2.pushForward(tail.y.expandDims(1), dy);
    NDArray dz = dy.add(mlp.pushForward(tail.h.expandDims(1), mlpPart));
    return projection.pushForward(finalNorm.pushForward(tail.z.expandDims(1), dz));
  }
}
