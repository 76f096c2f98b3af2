package dev.heliograph.app.command;

import dev.heliograph.query.GalleryReference;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which gallery a command is about. */
final class GalleryOptions {
  @Parameters(paramLabel = "<gallery>", description = "name, or name@version where one is read.")
  private String gallery;

  @Option(
      names = "--galleries",
      defaultValue = "galleries",
      description = "Folder of galleries (default: ${DEFAULT-VALUE}).")
  private Path folder;

  Path folder() {
    return folder;
  }

  GalleryReference reference() {
    return GalleryReference.parse(gallery);
  }

  /** For commands that make a version: its id is not theirs to choose. */
  String nameOnly() {
    GalleryReference reference = reference();
    if (reference.version().isPresent()) {
      throw new UsageException(
          "a new version gets its own id: give the name alone, not " + gallery);
    }
    return reference.name();
  }
}
