package dev.heliograph.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The section {@code gallery} of Heliograph's side: a gallery of all images of a folder, from files
 * to a published version. A process of its own, as {@code heliograph gallery build} is, with its
 * one thread inside an operation.
 */
@Command(name = "gallery-benchmark", mixinStandardHelpOptions = true)
public final class GalleryBenchmark implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "benchmark";

  @Mixin private SideOptions side;

  private GalleryBenchmark() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new GalleryBenchmark()).execute(args));
  }

  @Override
  public void run() {
    ClipModelConfig config =
        ClipModelConfig.builder(side.inputs().resolve("model"))
            .device(DeviceChoice.CPU)
            .precision(side.precision())
            .threads(GalleryBuilding.THREADS)
            .build();
    try (GalleryBuilding building =
        GalleryBuilding.open(config, PreprocessType.TARGETPAD, "benchmark")) {
      Sections.answer(section -> build(building));
    } catch (IOException e) {
      throw new CommandLine.ExecutionException(new CommandLine(this), e.toString(), e);
    }
  }

  private ObjectNode build(GalleryBuilding building) {
    LocalImageFolder images = LocalImageFolder.open(side.inputs().resolve("images"));
    try {
      var manifest =
          building.build(
              side.out().resolve("galleries"), NAME, images, true, (done, total, skipped) -> {});
      return JSON.createObjectNode().put("images", manifest.size());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
