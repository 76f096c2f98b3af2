package dev.heliograph.testing;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.demo.world.PictureSize;
import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.ScenePainter;
import dev.heliograph.demo.world.SceneSampler;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small galleries of drawn scenes, and the model that was trained on such. */
public final class ShapesGallery {
  /** CLIP, with its {@code phi.pt}. */
  public static final Path MODEL = Path.of("..", "demo-world", "model");

  private static final long SEED = 11;
  private static final float QUALITY = 0.9f;

  private ShapesGallery() {}

  /** Draws {@code scene-0.jpg} and so on into a folder, which is created; always the same. */
  public static Path draw(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    SceneSampler sampler = new SceneSampler(new PythonRandom(SEED));
    for (int i = 0; i < count; i++) {
      byte[] jpeg =
          Jpeg.encode(ScenePainter.draw(sampler.scene(), PictureSize.unpadded(i)).image(), QUALITY);
      Files.write(folder.resolve("scene-" + i + ".jpg"), jpeg);
    }
    return folder;
  }

  /** Encodes the images of a folder as a gallery; returns the folder of galleries. */
  public static Path build(Path galleries, String name, Path images) throws InterruptedException {
    try (GalleryBuilding building =
        GalleryBuilding.open(
            ClipModelConfig.builder(MODEL).device(DeviceChoice.CPU).build(),
            PreprocessType.TARGETPAD,
            "test")) {
      building.build(
          galleries, name, LocalImageFolder.open(images), false, (done, total, skipped) -> {});
    }
    return galleries;
  }
}
