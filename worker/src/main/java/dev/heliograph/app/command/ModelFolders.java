package dev.heliograph.app.command;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where models lie that are named and not given as a folder. */
final class ModelFolders {
  private static final Path BELOW = Path.of("models");

  private ModelFolders() {}

  /**
   * {@code models/ViT-B-32} for {@code ViT-B/32}.
   *
   * @throws UsageException if there is no such folder
   */
  static Path of(String modelName) {
    Path folder = BELOW.resolve(modelName.replaceAll("[^A-Za-z0-9._-]", "-"));
    if (!Files.isDirectory(folder)) {
      throw new UsageException(
          "--model is not given, and there is no folder "
              + folder
              + " for "
              + modelName
              + " (model fetch can make it)");
    }
    return folder;
  }
}
