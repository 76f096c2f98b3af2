package dev.heliograph.inference;

/** How queries share a forward pass. */
public enum Batching {
  /**
   * A query's numbers are the same to the last bit, whichever queries it was batched with: images
   * share a pass only in batch sizes that were measured, at start, to leave every bit alone.
   */
  REPRODUCIBLE,
  /** Everything in one pass. The last bits of a result may depend on its neighbours. */
  FASTEST
}
