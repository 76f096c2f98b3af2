package dev.heliograph.query;

/** How a Grad-ECLIP saliency map is computed and laid over its image. */
public enum SaliencyMethod {
  /**
   * The model's own multi-head forward: the explained score is the ranking score, and the grid is
   * projected back onto the pixels that the model saw.
   */
  EXACT,
  /**
   * The last block with one head and the grid stretched over the whole image, number for number as
   * the published tool does.
   */
  PUBLISHED
}
