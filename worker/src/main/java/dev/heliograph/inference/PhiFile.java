package dev.heliograph.inference;

import ai.djl.ndarray.NDManager;
import dev.heliograph.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads phi from SEARLE's checkpoint, {@code {'Phi': state_dict}}, or from a state dict alone, as
 * {@code .pt} or {@code .safetensors}: linear layers {@code layers.N.weight}, the numbers in
 * between being activations and dropout. Sizes are the file's.
 */
final class PhiFile {
  private static final Pattern WEIGHT =
      Pattern.compile("((?:Phi\\.)?layers\\.)(\\d{1,4})\\.weight");

  private PhiFile() {}

  /**
   * @param config of the CLIP model that phi must fit
   * @throws ModelFileException naming the file and what is wrong with it
   */
  static Phi read(Path file, ClipConfig config, NDManager manager) {
    Map<String, Tensor> tensors = ClipFiles.tensors(file);
    TreeMap<Integer, String> names = new TreeMap<>();
    for (String name : tensors.keySet()) {
      Matcher matcher = WEIGHT.matcher(name);
      if (matcher.matches()) {
        names.put(Integer.valueOf(matcher.group(2)), matcher.group(1) + matcher.group(2));
      }
    }
    if (names.isEmpty()) {
      throw new ModelFileException(file + ": has no phi; expected {'Phi': {'layers.0.weight', …}}");
    }
    Phi phi = new Phi(layers(new Weights(file, tensors, manager), names.values()));
    check(file, "takes features", phi.featureLength(), "makes", config.dimension());
    check(file, "makes words", phi.wordLength(), "takes", config.text().width());
    return phi;
  }

  private static List<Linear> layers(Weights weights, Iterable<String> names) {
    List<Linear> layers = new ArrayList<>();
    for (String name : names) {
      long[] shape = weights.shape(name + ".weight", 2);
      long inputs = layers.isEmpty() ? shape[1] : layers.get(layers.size() - 1).outputs();
      layers.add(weights.linear(name, shape[0], inputs));
    }
    return List.copyOf(layers);
  }

  private static void check(Path file, String what, long found, String verb, long expected) {
    if (found != expected) {
      throw new ModelFileException(
          file + ": " + what + " of length " + found + ", CLIP " + verb + " " + expected);
    }
  }
}
