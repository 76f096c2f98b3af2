package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.QueryFailedException;
import java.util.List;

/**
 * CLIP with SEARLE's textual inversion and Grad-ECLIP saliency, as the pipeline needs them. {@link
 * #description}, {@link #tokenize}, {@link #encode} and {@link #encodeExplained} are thread-safe;
 * the other methods are called by one thread at a time. Every method that takes a batch returns as
 * many elements, in order, and throws {@link QueryFailedException} with DEVICE_OUT_OF_MEMORY for
 * the batch as a whole: the caller halves it.
 */
public interface CompositionModel extends AutoCloseable {

  ModelDescription description();

  /**
   * Turns relative captions into prompts: one for one caption, both orders for two.
   *
   * @throws QueryFailedException with INVALID_QUERY if a prompt exceeds the context length
   */
  Prompts tokenize(List<String> captions);

  /** Encodes each reference once, and composes it with its prompts into a query feature. */
  List<Composition> compose(List<CompositionRequest> batch);

  /** Explains the cosine of each candidate with its query feature, all in one forward pass. */
  List<PatchRelevance> explain(List<CandidateRequest> batch);

  /** Normalised image features, length {@link ModelDescription#dimension()} each. */
  List<float[]> encode(List<ModelPixels> images);

  /** {@link #encode} with the same features, to the last bit, and what explains their scores. */
  List<ExplainedImage> encodeExplained(List<ModelPixels> images);

  @Override
  void close();
}
