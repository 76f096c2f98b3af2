package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a candidate's map does not depend on the query, so that it can be computed when a gallery
 * is built.
 *
 * <p>With f the image's feature, u = f / |f| and t the query's, both of length 1, the explained
 * score is S = cos(f, t) = u · t, and o the attention's output at CLS ({@link GradEclip}). Then
 *
 * <pre>
 *   ∂S/∂f   = (t − u (u · t)) / |f|  =  (I − u uᵀ) t / |f|      linear in t, for the image is fixed
 *   ∂S/∂o   = Jᵀ ∂S/∂f,  J = ∂f/∂o   (D × W)                    the tail's Jacobian at this o
 *   map_i   = ReLU( λ_i v_i · ∂S/∂o )                           λ and v: of the image alone
 *           = ReLU( U_i · t ),  U_i = λ_i (I − u uᵀ) J v_i / |f|
 * </pre>
 *
 * J v_i is the tangent of the feature when o moves along the value of patch i, and U_i that of u,
 * times λ_i: it has no part along u, so a query's own length along the image cancels as it does in
 * ∂S/∂f. The N patches are N directions through the tail side by side, a Jacobian-vector product
 * without a graph; gradients would take D passes, one for each number of the feature. This holds
 * for {@link SaliencyMethod#EXACT}, whose f is the one that is ranked; the single-headed f of
 * PUBLISHED is another one.
 */
record TangentExplainer(GradEclip gradEclip, LastBlock last) {

  /** (B, D), normalised, and (B, N, D), U. */
  record Explained(NDArray feature, NDArray tangents) {}

  Explained explain(LastBlock.Opened opened) {
    LastBlock.Tail tail = gradEclip.forward(opened, SaliencyMethod.EXACT);
    NDArray length = Vectors.length(tail.feature());
    NDArray unit = tail.feature().div(length);
    NDArray df = last.pushForward(tail, GradEclip.patches(opened.value()));
    NDArray row = unit.expandDims(1);
    NDArray across = df.sub(df.matMul(row.transpose(0, 2, 1)).matMul(row));
    NDArray lambda = GradEclip.lambda(gradEclip.cosine(opened)).div(length);
    return new Explained(unit, across.mul(lambda.expandDims(2)));
  }

  /** Features and tangents as plain values, in the batch's order. */
  List<ExplainedImage> images(LastBlock.Opened opened, int patchesPerSide) {
    Explained explained = explain(opened);
    float[][] features = Vectors.rows(explained.feature());
    float[][] tangents = Vectors.rows(explained.tangents());
    List<ExplainedImage> images = new ArrayList<>();
    for (int i = 0; i < features.length; i++) {
      images.add(
          new ExplainedImage(
              features[i], new PatchTangents(patchesPerSide, patchesPerSide, tangents[i])));
    }
    return images;
  }
}
