package dev.heliograph.app.command;

import dev.heliograph.app.Version;
import dev.heliograph.gallery.GalleryManifest;
import dev.heliograph.gallery.TorchDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph gallery import}: takes over a {@code .pt} database. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Makes a .pt database (features, names, dataset_info) a new version.")
final class GalleryImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GalleryOptions gallery;

  @Parameters(index = "1", paramLabel = "<database.pt>", description = "The database.")
  private Path database;

  @Option(names = "--images", description = "Image folder (default: the one it names).")
  private @Nullable Path images;

  @Mixin private HalvesOption halves;

  @Override
  public Integer call() {
    String name = gallery.nameOnly();
    GalleryManifest manifest =
        TorchDatabase.open(database)
            .importInto(
                gallery.folder(),
                name,
                Optional.ofNullable(images).map(path -> path.toAbsolutePath().toUri()),
                halves.isSet(),
                "heliograph " + Version.current(),
                Clock.systemUTC());
    GalleryReport.print(manifest, spec.commandLine().getOut());
    return 0;
  }
}
