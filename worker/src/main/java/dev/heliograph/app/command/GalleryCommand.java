package dev.heliograph.app.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph gallery}: galleries are built or imported, and never change afterwards. */
@Command(
    name = "gallery",
    mixinStandardHelpOptions = true,
    description = "Builds, imports, exports and inspects galleries.",
    synopsisSubcommandLabel = "(build | import | export | info)",
    subcommands = {
      GalleryBuildCommand.class,
      GalleryImportCommand.class,
      GalleryExportCommand.class,
      GalleryInfoCommand.class
    })
final class GalleryCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing required subcommand: build, import, export or info");
  }
}
