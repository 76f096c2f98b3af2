package dev.heliograph.engine;

import dev.heliograph.gallery.GalleryBuilder;
import dev.heliograph.gallery.GalleryManifest;
import dev.heliograph.gallery.GalleryStorage;
import dev.heliograph.gallery.ImageFolder;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.query.PreprocessType;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Builds galleries: a model that encodes images, and what reads and prepares them. Used by one
 * thread.
 */
public final class GalleryBuilding implements AutoCloseable {
  /**
   * Threads inside one operation with which a build on a CPU is fastest, in a process that does
   * nothing else: it has an encoder for each core.
   */
  public static final int THREADS = 1;

  private final ClipCompositionModel model;
  private final GalleryBuilder builder;

  private GalleryBuilding(ClipCompositionModel model, GalleryBuilder builder) {
    this.model = model;
    this.builder = builder;
  }

  /**
   * Loads the model.
   *
   * @param config needs no phi; its name is the model's in the manifest. See {@link #THREADS}
   * @param tool name and version of the program, for the manifest
   * @throws dev.heliograph.inference.ModelFileException if the model cannot be used
   */
  public static GalleryBuilding open(
      ClipModelConfig config, PreprocessType preprocess, String tool) {
    ClipCompositionModel model = ClipCompositionModel.open(config);
    GalleryBuilder builder =
        new GalleryBuilder(
            model,
            preprocess,
            new OpenCvImageReader(),
            new ClipPreprocessor(model.description().side(), preprocess),
            limits(model),
            tool,
            Clock.systemUTC());
    return new GalleryBuilding(model, builder);
  }

  private static GalleryBuilder.Limits limits(ClipCompositionModel model) {
    int cores = Runtime.getRuntime().availableProcessors();
    return model.description().device().equals("cpu")
        ? GalleryBuilder.Limits.forCpu(cores, model.facts().threads())
        : GalleryBuilder.Limits.forGpu(cores);
  }

  /** Builds and publishes a version that stores nothing but features and names. */
  public GalleryManifest build(
      Path galleries,
      String name,
      ImageFolder images,
      boolean restart,
      GalleryBuilder.Progress progress)
      throws InterruptedException {
    return build(galleries, name, images, GalleryStorage.DEFAULT, restart, progress);
  }

  /** Builds and publishes a version; see {@link GalleryBuilder#build}. */
  public GalleryManifest build(
      Path galleries,
      String name,
      ImageFolder images,
      GalleryStorage storage,
      boolean restart,
      GalleryBuilder.Progress progress)
      throws InterruptedException {
    return builder.build(galleries, name, images, storage, restart, progress);
  }

  @Override
  public void close() {
    model.close();
  }
}
