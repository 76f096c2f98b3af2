package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * Grad-ECLIP (Zhao et al., ICML 2024) on the last block of the vision tower. With o the attention's
 * output at CLS before {@code out_proj} and S the explained score,
 *
 * <pre>
 *   map_i = ReLU( Σ_c ∂S/∂o_c · λ_i · v_ic ),   λ_i = min-max over the patches of cos(q'_cls, k'_i)
 * </pre>
 *
 * where q' and k' are {@code out_proj}, bias included, of q and k. The gradient is an analytic
 * vector-Jacobian product of the few products between o and S: no graph is recorded, and DJL's one
 * gradient collector per process stays free.
 */
final class GradEclip {
  /** The published tool recomputes the last block with a single head. */
  private static final int PUBLISHED_HEADS = 1;

  /** Keeps a constant cosine, whose range is 0, from becoming NaN: its λ are 0. */
  private static final float SMALLEST_RANGE = 1e-20f;

  private static final int[] PATCHES = {1};

  private final LastBlock last;
  private final int patchesPerSide;

  GradEclip(VisionTower vision) {
    this.last = vision.last();
    this.patchesPerSide = vision.patchesPerSide();
  }

  /**
   * @param gradient (B, W), ∂S/∂o
   * @param cosine (B, N)
   * @param lambda (B, N)
   * @param signed (B, N), the map before ReLU
   */
  record Maps(NDArray gradient, NDArray cosine, NDArray lambda, NDArray signed) {}

  /** How many heads the last block has under a method. */
  int heads(SaliencyMethod method) {
    return method == SaliencyMethod.PUBLISHED ? PUBLISHED_HEADS : last.heads();
  }

  /** The feature under a method, with what a gradient needs. */
  LastBlock.Tail forward(LastBlock.Opened opened, SaliencyMethod method) {
    return last.tail(opened, last.attend(opened, heads(method), null));
  }

  /**
   * @param explained a score of {@code tail.feature()}, of this very forward pass
   */
  Maps explain(LastBlock.Opened opened, LastBlock.Tail tail, ExplainedScore explained) {
    NDArray gradient = last.pullBack(tail, explained.gradient());
    NDArray cosine = cosine(opened);
    NDArray lambda = lambda(cosine);
    NDArray along = patches(opened.value()).matMul(gradient.expandDims(2)).squeeze(2);
    return new Maps(gradient, cosine, lambda, along.mul(lambda));
  }

  /** The maps as plain values, in the batch's order. */
  List<PatchRelevance> relevance(
      LastBlock.Opened opened, LastBlock.Tail tail, ExplainedScore explained) {
    Maps maps = explain(opened, tail, explained);
    float[] scores = explained.score().toFloatArray();
    // The sum turns a negative zero into zero.
    float[][] grids = Vectors.rows(maps.signed().maximum(0).add(0f));
    List<PatchRelevance> relevance = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      relevance.add(new PatchRelevance(patchesPerSide, patchesPerSide, grids[i], scores[i]));
    }
    return relevance;
  }

  /** Min-max over the patches: (B, N) to (B, N). */
  static NDArray lambda(NDArray cosine) {
    NDArray lowest = cosine.min(PATCHES, true);
    NDArray range = cosine.max(PATCHES, true).sub(lowest).maximum(SMALLEST_RANGE);
    return cosine.sub(lowest).div(range);
  }

  /** (B, N): cos(q'_cls, k'_i). */
  NDArray cosine(LastBlock.Opened opened) {
    NDArray q = Vectors.unit(last.out().forward(opened.query()));
    NDArray k = last.out().forward(patches(opened.key()));
    int[] channels = {2};
    NDArray lengths = k.square().sum(channels).sqrt().maximum(1e-12f);
    return k.matMul(q.expandDims(2)).squeeze(2).div(lengths);
  }

  /** Without CLS: (B, 1 + N, W) to (B, N, W). */
  static NDArray patches(NDArray tokens) {
    return tokens.get(":, 1:");
  }
}
