package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** The blocks of a tower before its last, which only make a hidden state of another. */
interface Trunk {
  /** Makes a trunk of one block or more. */
  interface Maker {

    /**
     * @param blocks each is loaded when it is asked for: who lets go of one before the next never
     *     holds all of them
     */
    Trunk of(Iterable<TransformerBlock> blocks);
  }

  /** How many blocks. */
  int depth();

  /**
   * Runs the blocks one after the other.
   *
   * @param x (B, T, W), float32; closed
   * @param mask (T, T), added to the attention logits, or null
   * @return (B, T, W), float32, the only array that outlives the call, in the manager of x
   */
  NDArray forward(NDArray x, @Nullable NDArray mask);

  /** Its first block, if it has any; shares the weights. */
  Trunk firstBlock();
}
