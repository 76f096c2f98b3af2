package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Small galleries, and a model whose features depend on an image's bytes alone. */
final class TestGalleries {
  static final int DIMENSION = 6;
  static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  static final String CLIP_SHA256 = "ab".repeat(32);

  static final ModelDescription MODEL =
      new ModelDescription("ViT-T/1", CLIP_SHA256, "", "searle", 1, 1, DIMENSION, "cpu", "float32");

  /** One pixel of what the bytes hash to; text that starts with "broken" is no image. */
  static final ImageReader READER =
      new ImageReader() {
        @Override
        public long pixels(byte[] bytes, long maxPixels) {
          return 1;
        }

        @Override
        public RgbImage read(byte[] bytes, long maxPixels) {
          if (new String(bytes, UTF_8).startsWith("broken")) {
            throw UnreadableImageException.unreadable("not an image", null);
          }
          int hash = Arrays.hashCode(bytes);
          return new RgbImage(
              1, 1, new byte[] {(byte) hash, (byte) (hash >> 8), (byte) (hash >> 16)});
        }
      };

  static final Preprocessor PREPROCESSOR =
      image -> new ModelPixels(image.rgb(), ImageGeometry.plan(1, 1, 1, PreprocessType.TARGETPAD));

  private TestGalleries() {}

  static float[] feature(ModelPixels pixels) {
    return unit(new Random(Arrays.hashCode(pixels.rgb())), DIMENSION);
  }

  /** One patch, twice the feature. */
  static PatchTangents tangents(ModelPixels pixels) {
    float[] tangents = feature(pixels);
    for (int i = 0; i < tangents.length; i++) {
      tangents[i] *= 2;
    }
    return new PatchTangents(1, 1, tangents);
  }

  static float[] unit(Random random, int dimension) {
    float[] feature = new float[dimension];
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      feature[i] = (float) random.nextGaussian();
      squares += feature[i] * feature[i];
    }
    for (int i = 0; i < dimension; i++) {
      feature[i] /= (float) Math.sqrt(squares);
    }
    return feature;
  }

  /** Publishes rows as the gallery's current version and returns its manifest. */
  static GalleryManifest publish(
      Path galleries, String name, Instant createdAt, List<float[]> rows, Optional<String> clip) {
    return publish(galleries, name, createdAt, rows, clip, null, false);
  }

  /** The same with explanations of one patch, which are the rows themselves. */
  static GalleryManifest publishExplained(
      Path galleries, String name, Instant createdAt, List<float[]> rows) {
    ExplanationLayout layout = new ExplanationLayout(1, 1, 1, rows.get(0).length);
    return publish(galleries, name, createdAt, rows, Optional.empty(), layout, false);
  }

  /** The same with explanations and features in half precision. */
  static GalleryManifest publishWhole(
      Path galleries, String name, Instant createdAt, List<float[]> rows) {
    ExplanationLayout layout = new ExplanationLayout(1, 1, 1, rows.get(0).length);
    return publish(galleries, name, createdAt, rows, Optional.empty(), layout, true);
  }

  /** The same with features in half precision too. */
  static GalleryManifest publishHalved(
      Path galleries, String name, Instant createdAt, List<float[]> rows) {
    return publish(galleries, name, createdAt, rows, Optional.empty(), null, true);
  }

  private static GalleryManifest publish(
      Path galleries,
      String name,
      Instant createdAt,
      List<float[]> rows,
      Optional<String> clip,
      @Nullable ExplanationLayout layout,
      boolean halved) {
    GalleryVersions versions = GalleryVersions.of(galleries, name);
    try {
      Path staged = Files.createDirectories(versions.folder().resolve(".staged"));
      try (GalleryWriter writer = new GalleryWriter(staged, rows.get(0).length, layout, halved)) {
        for (int i = 0; i < rows.size(); i++) {
          writer.add("image-" + i + ".png", rows.get(i));
          if (layout != null) {
            Path record = galleries.resolve("record");
            Files.write(
                record,
                layout
                    .encode(
                        ImageGeometry.plan(4, 3, 1, PreprocessType.TARGETPAD),
                        new PatchTangents(1, 1, rows.get(i)))
                    .array());
            writer.addExplanations(record);
          }
        }
        GalleryManifest manifest =
            writer
                .finish()
                .manifest(
                    name,
                    "ViT-T/1",
                    clip,
                    Optional.of("float32"),
                    PreprocessType.TARGETPAD,
                    Optional.of(URI.create("file:///images/")),
                    List.of(new SkippedImage("bad.png", "not an image")),
                    createdAt,
                    "test",
                    "made by a test");
        GalleryWriter.describe(staged, manifest);
        versions.publish(staged, manifest);
        return manifest;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<float[]> rows(int count, int dimension, long seed) {
    Random random = new Random(seed);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(unit(random, dimension));
    }
    return rows;
  }

  /** Images in memory: the name's text is the content. */
  record TextImages(List<String> names, String unavailable) implements ImageFolder {
    @Override
    public URI root() {
      return URI.create("s3://pictures/all/");
    }

    @Override
    public byte[] read(String name, long maxBytes) {
      if (name.equals(unavailable)) {
        throw new ImageSourceException(ImageSourceException.Reason.UNAVAILABLE, name + ": timeout");
      }
      if (name.startsWith("missing")) {
        throw new ImageSourceException(ImageSourceException.Reason.NOT_FOUND, name + ": gone");
      }
      return name.getBytes(UTF_8);
    }
  }

  /** Encodes; fails for batches over its memory, and ends the process after so many batches. */
  static class HashModel implements CompositionModel {
    private final int memory;
    private int batchesLeft;
    private int encoded;

    HashModel(int memory, int batchesLeft) {
      this.memory = memory;
      this.batchesLeft = batchesLeft;
    }

    synchronized int encoded() {
      return encoded;
    }

    @Override
    public ModelDescription description() {
      return MODEL;
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      count(images);
      return images.stream().map(TestGalleries::feature).toList();
    }

    @Override
    public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
      count(images);
      return images.stream()
          .map(image -> new ExplainedImage(feature(image), tangents(image)))
          .toList();
    }

    private synchronized void count(List<ModelPixels> images) {
      if (images.size() > memory) {
        throw new QueryFailedException(FailureCode.DEVICE_OUT_OF_MEMORY, "too many");
      }
      if (batchesLeft-- == 0) {
        Runtime.getRuntime().halt(137); // as kill -9 does: no finally, no shutdown hook
      }
      encoded += images.size();
    }

    @Override
    public Prompts tokenize(List<String> captions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Composition> compose(List<CompositionRequest> batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<PatchRelevance> explain(List<CandidateRequest> batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
