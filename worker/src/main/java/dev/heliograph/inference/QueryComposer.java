package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.pipeline.Prompts;
import java.util.ArrayList;
import java.util.List;

/**
 * SEARLE's composed query: the text feature of a prompt whose {@code $} is the reference's
 * pseudo-word token, normalised; of two prompts, the normalised mean.
 */
record QueryComposer(TextTower text, int wordPosition) {

  /**
   * @param words (B, W), the pseudo-word tokens
   * @param prompts of each query, B
   * @return for each query, its normalised feature
   */
  List<float[]> compose(NDManager manager, NDArray words, List<Prompts> prompts) {
    List<int[]> all = new ArrayList<>();
    List<Long> owners = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      for (int[] prompt : prompts.get(i).tokenIds()) {
        checkPrompt(prompt);
        all.add(prompt);
        owners.add((long) i);
      }
    }
    long[] rows = owners.stream().mapToLong(Long::longValue).toArray();
    NDArray word = Rows.pick(manager, words, rows, new Shape(rows.length));
    float[][] units = Vectors.rows(Vectors.unit(text.encode(manager, all, word, wordPosition)));
    List<float[]> queries = new ArrayList<>();
    int next = 0;
    for (Prompts query : prompts) {
      int count = query.tokenIds().size();
      queries.add(meanDirection(List.of(units).subList(next, next + count)));
      next += count;
    }
    return queries;
  }

  private void checkPrompt(int[] prompt) {
    if (prompt.length <= wordPosition || prompt.length > text.contextLength()) {
      throw new IllegalArgumentException(
          "a prompt of " + prompt.length + " tokens, the model takes " + text.contextLength());
    }
  }

  private static float[] meanDirection(List<float[]> units) {
    if (units.size() == 1) {
      return units.get(0);
    }
    double[] sum = new double[units.get(0).length];
    double squares = 0;
    for (int i = 0; i < sum.length; i++) {
      for (float[] unit : units) {
        sum[i] += unit[i];
      }
      squares += sum[i] * sum[i];
    }
    double length = Math.max(Math.sqrt(squares), 1e-12);
    float[] direction = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      direction[i] = (float) (sum[i] / length);
    }
    return direction;
  }
}
