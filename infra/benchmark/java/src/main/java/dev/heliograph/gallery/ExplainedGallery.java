package dev.heliograph.gallery;

import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A gallery's copy that has explanations. Rows whose image exists get what a build would have
 * stored; the others, which no query of the benchmark finds, get a record of the same size that
 * explains nothing.
 */
public final class ExplainedGallery {
  private static final long MAX_PIXELS = 50_000_000;
  private static final PreprocessType PREPROCESS = PreprocessType.TARGETPAD;

  private final CompositionModel model;
  private final Path images;
  private final ExplanationLayout layout;
  private final OpenCvImageReader reader = new OpenCvImageReader();

  private ExplainedGallery(CompositionModel model, Path images) {
    this.model = model;
    this.images = images;
    int patches = model.description().patchesPerSide();
    this.layout =
        new ExplanationLayout(
            patches, patches, model.description().side(), model.description().dimension());
  }

  /** Publishes it under another name in the same folder of galleries. */
  public static void copy(
      Path galleries, String from, String to, Path images, CompositionModel model)
      throws IOException {
    GalleryVersions source = GalleryVersions.of(galleries, from);
    Path version = source.path(source.current().orElseThrow());
    GalleryVersions target = GalleryVersions.of(galleries, to);
    Path staged = target.folder().resolve(".copy");
    DurableFiles.delete(staged);
    Files.createDirectories(staged);
    GalleryManifest manifest = new ExplainedGallery(model, images).write(version, to, staged);
    target.publish(staged, manifest);
  }

  private GalleryManifest write(Path version, String name, Path staged) throws IOException {
    GalleryManifest manifest = FileGallery.readManifest(version);
    int dimension = manifest.dimension();
    NameTable names =
        NameTable.open(
            version.resolve(GalleryWriter.NAMES), manifest.size(), manifest.namesSha256());
    FeatureRows rows =
        FeatureRows.open(version.resolve(GalleryWriter.FEATURES), manifest.size(), dimension);
    Path records = Files.createTempFile(staged, "records-", ".i16");
    ByteBuffer empty = empty();
    GalleryWriter.Content content;
    try (GalleryWriter writer = new GalleryWriter(staged, dimension, layout, false);
        FileChannel channel = FileChannel.open(records, StandardOpenOption.WRITE)) {
      for (int row = 0; row < manifest.size(); row++) {
        Path image = images.resolve(names.get(row));
        writer.addRow(names.get(row), rows.exact().row(row));
        channel.write(Files.exists(image) ? explained(image) : empty.duplicate());
      }
      writer.addExplanations(records);
      content = writer.finish();
    }
    Files.delete(records);
    GalleryManifest described =
        content.manifest(
            name,
            manifest.clipModel(),
            manifest.clipSha256(),
            manifest.precision(),
            PREPROCESS,
            Optional.of(images.toUri()),
            List.of(),
            Clock.systemUTC().instant(),
            "benchmark",
            "copied from " + manifest.name());
    GalleryWriter.describe(staged, described);
    return described;
  }

  private ByteBuffer explained(Path image) throws IOException {
    ModelPixels pixels =
        new ClipPreprocessor(layout.side(), PREPROCESS)
            .prepare(reader.read(Files.readAllBytes(image), MAX_PIXELS));
    ExplainedImage explained = model.encodeExplained(List.of(pixels)).get(0);
    return layout.encode(pixels.geometry(), explained.tangents());
  }

  private ByteBuffer empty() {
    ImageGeometry square =
        ImageGeometry.plan(layout.side(), layout.side(), layout.side(), PREPROCESS);
    float[] nothing = new float[layout.patches() * layout.dimension()];
    return layout.encode(square, new PatchTangents(layout.rows(), layout.columns(), nothing));
  }
}
