package dev.heliograph.app.command;

import dev.heliograph.app.Version;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.gallery.GalleryManifest;
import dev.heliograph.gallery.GalleryStorage;
import dev.heliograph.gallery.ImageFolder;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3ImageFolder;
import dev.heliograph.store.S3Location;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph gallery build}: encodes a folder, or an S3 prefix, of images. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = {
      "Encodes all images below a folder or an s3://bucket/prefix/ into a new version.",
      "A build that was interrupted goes on where it was."
    })
final class GalleryBuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GalleryOptions gallery;
  @Mixin private SettingsOptions settings;
  @Mixin private EncodingOptions encoding;

  @Parameters(index = "1", paramLabel = "<images>", description = "Folder or s3://bucket/prefix/.")
  private String images;

  @Option(names = "--model", required = true, description = "CLIP folder.")
  private Path model;

  @Option(names = "--model-name", description = "Name in the manifest (default: the folder's).")
  private @Nullable String modelName;

  @Option(
      names = "--explanations",
      description = {
        "Also store each image's part of its saliency maps, so that every result has one at once,",
        "not only the first. Takes 2 x patches x dimension bytes an image: 50 kB with ViT-B/32."
      })
  private boolean explanations;

  @Mixin private HalvesOption halves;

  @Option(
      names = "--restart",
      description = "Throw away an interrupted build that was of other images or another model.")
  private boolean restart;

  @Override
  public Integer call() throws InterruptedException {
    String name = gallery.nameOnly();
    if (!images.startsWith("s3://")) {
      return build(name, LocalImageFolder.open(Path.of(images)));
    }
    S3Location location = S3Location.parse(images.substring("s3://".length()));
    try (S3Connection connection = S3Connection.open(WorkerConfig.store(settings.read()))) {
      return build(name, adapt(new S3ImageFolder(connection, location)));
    }
  }

  private int build(String name, ImageFolder folder) throws InterruptedException {
    String tool = "heliograph " + Version.current();
    ClipModelConfig.Builder config = encoding.model(model).threads(GalleryBuilding.THREADS);
    if (modelName != null) {
      config.name(modelName);
    }
    try (GalleryBuilding building =
        GalleryBuilding.open(config.build(), encoding.preprocess(), tool)) {
      GalleryReport.print(build(building, name, folder), spec.commandLine().getOut());
    }
    return 0;
  }

  private GalleryManifest build(GalleryBuilding building, String name, ImageFolder folder)
      throws InterruptedException {
    try (ProgressBar bar = progressBar(name)) {
      return building.build(
          gallery.folder(),
          name,
          folder,
          new GalleryStorage(explanations, halves.isSet()),
          restart,
          (done, total, skipped) -> {
            bar.maxHint(total);
            bar.stepTo(done);
            bar.setExtraMessage(skipped == 0 ? "" : skipped + " skipped");
          });
    }
  }

  private static ProgressBar progressBar(String name) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .setUnit(" images", 1)
        .showSpeed()
        .build();
  }

  private static ImageFolder adapt(S3ImageFolder folder) {
    return new ImageFolder() {
      @Override
      public URI root() {
        return folder.root();
      }

      @Override
      public List<String> names() {
        return folder.names();
      }

      @Override
      public byte[] read(String name, long maxBytes) {
        return folder.read(name, maxBytes);
      }
    };
  }
}
