package dev.heliograph.inference;

import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.SafetensorsFile;
import dev.heliograph.checkpoint.Tensor;
import dev.heliograph.checkpoint.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CLIP model as found on disk: a Hugging Face folder, or one of OpenAI's own weight files.
 *
 * @param weightFile the one file whose bytes are the model
 * @param tensors under Hugging Face's names
 */
record ClipFiles(Path weightFile, ClipConfig config, Map<String, Tensor> tensors) {
  private static final List<String> WEIGHT_FILES =
      List.of("model.safetensors", "pytorch_model.bin");

  /**
   * @param path a folder with {@code config.json} and a weight file; or a weight file beside its
   *     {@code config.json}, which OpenAI's files do without
   * @throws ModelFileException naming the file and what is wrong with it
   */
  static ClipFiles read(Path path) {
    Path weightFile = Files.isDirectory(path) ? weightFileIn(path) : path;
    Map<String, Tensor> tensors = tensors(weightFile);
    if (OpenAiNames.areIn(tensors)) {
      Map<String, Tensor> renamed = OpenAiNames.toHuggingFace(tensors);
      return new ClipFiles(weightFile, OpenAiNames.config(weightFile, renamed), renamed);
    }
    Path config = weightFile.resolveSibling("config.json");
    return new ClipFiles(weightFile, ClipConfigFile.read(config), tensors);
  }

  Path folder() {
    return Optional.ofNullable(weightFile.getParent()).orElse(Path.of(""));
  }

  private static Path weightFileIn(Path folder) {
    for (String name : WEIGHT_FILES) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    for (String name : WEIGHT_FILES) {
      Path index = folder.resolve(name + ".index.json");
      if (Files.exists(index)) {
        throw new ModelFileException(
            index + ": the weights are split over several files; expected one, " + name);
      }
    }
    throw new ModelFileException(
        folder + ": has no weight file; expected " + String.join(" or ", WEIGHT_FILES));
  }

  /** The tensors of a weight file, by its format. */
  static Map<String, Tensor> tensors(Path file) {
    try {
      return file.toString().endsWith(".safetensors")
          ? SafetensorsFile.read(file)
          : TorchFile.tensors(file);
    } catch (CheckpointException e) {
      throw new ModelFileException(e.getMessage(), e);
    }
  }
}
