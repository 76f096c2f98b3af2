package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's text transformer. A prompt's feature is read at its end token, and attention is causal, so
 * nothing after the end token is computed, and of the last block only its row.
 *
 * @param tokenEmbedding (vocabulary, W)
 * @param positionEmbedding (context, W)
 */
record TextTower(NDArray tokenEmbedding, NDArray positionEmbedding, Trunk trunk, LastBlock last) {

  int contextLength() {
    return (int) positionEmbedding.getShape().get(0);
  }

  /**
   * Features of prompts, not normalised.
   *
   * @param prompts B prompts as token ids from start to end token, at most the context long
   * @param words (B, W): for each prompt, the pseudo-word token that replaces the embedding of the
   *     token at {@code wordPosition}; or null to replace none
   * @return (B, D), in the given manager
   */
  NDArray encode(
      NDManager manager, List<int[]> prompts, @Nullable NDArray words, int wordPosition) {
    int tokens = prompts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    NDArray x = embed(manager, prompts, tokens, words, wordPosition);
    NDArray hidden = trunk.forward(x, CausalMask.square(manager, tokens));
    LastBlock.Opened opened = last.open(hidden, endRows(hidden, prompts));
    NDArray mask = CausalMask.lastRows(manager, prompts, tokens);
    return last.tail(opened, last.attend(opened, last.heads(), mask)).feature();
  }

  /** (B, T, W): token and position embeddings; shorter prompts are padded with id 0. */
  NDArray embed(
      NDManager manager,
      List<int[]> prompts,
      int tokens,
      @Nullable NDArray words,
      int wordPosition) {
    long[] ids = new long[prompts.size() * tokens];
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      for (int t = 0; t < prompt.length; t++) {
        ids[i * tokens + t] = prompt[t];
      }
    }
    NDArray x = Rows.pick(manager, tokenEmbedding, ids, new Shape(prompts.size(), tokens));
    if (words != null) {
      NDArray before = x.get(":, 0:{}", wordPosition);
      NDArray after = x.get(":, {}:{}", wordPosition + 1, tokens);
      x = before.concat(words.expandDims(1), 1).concat(after, 1);
    }
    return x.add(positionEmbedding.get(manager, new NDIndex("0:{}", tokens)));
  }

  /** (B, W): the hidden state at each prompt's end token. */
  private static NDArray endRows(NDArray hidden, List<int[]> prompts) {
    long tokens = hidden.getShape().get(1);
    long[] ends = new long[prompts.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = i * tokens + prompts.get(i).length - 1;
    }
    NDArray flat = hidden.reshape(-1, hidden.getShape().get(2));
    return Rows.pick(hidden.getManager(), flat, ends, new Shape(ends.length));
  }
}
