package dev.heliograph.inference;

import java.util.List;
import java.util.Map;

/**
 * How a model computes, beyond what it is: for those who must be able to repeat it. Every number is
 * the one that is used.
 *
 * @param tokenizerSha256 of {@code tokenizer.json}, or of {@code vocab.json} and {@code merges.txt}
 *     one after the other; empty if there is no tokenizer
 * @param mean per channel, subtracted from values in [0, 1]
 * @param deviation per channel, what those are then divided by
 * @param explainedLayer of the vision tower, in Hugging Face's words
 * @param heads of that layer
 * @param referenceTarget the number whose gradient explains a reference
 * @param candidateTarget the number whose gradient explains a candidate
 * @param djl version of the library that drives PyTorch
 * @param libtorch version of PyTorch
 * @param threads of one operation
 * @param determinism what bears on the last bits, by name
 */
public record ModelFacts(
    String tokenizerSha256,
    List<Float> mean,
    List<Float> deviation,
    String explainedLayer,
    int heads,
    String referenceTarget,
    String candidateTarget,
    String djl,
    String libtorch,
    int threads,
    Map<String, String> determinism) {
  public ModelFacts {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    determinism = Map.copyOf(determinism);
  }
}
