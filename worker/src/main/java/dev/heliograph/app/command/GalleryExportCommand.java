package dev.heliograph.app.command;

import dev.heliograph.gallery.GalleryInfo;
import dev.heliograph.gallery.TorchDatabase;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph gallery export}: writes a version as a {@code .pt} database. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes a version as a .pt database that torch.load(weights_only=True) reads.")
final class GalleryExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GalleryOptions gallery;

  @Parameters(index = "1", paramLabel = "<database.pt>", description = "The file to write.")
  private Path target;

  @Override
  public Integer call() {
    GalleryInfo info = GalleryInfo.of(gallery.folder(), gallery.reference());
    String version = info.manifest().description().version();
    TorchDatabase.export(gallery.folder(), gallery.reference().name(), version, target);
    spec.commandLine()
        .getOut()
        .println("wrote " + gallery.reference().name() + "@" + version + " to " + target);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
