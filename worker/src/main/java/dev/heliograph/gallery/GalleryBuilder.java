package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Encodes a folder of images into a new, current version of a gallery. Images are decoded by
 * several threads while the calling thread encodes; finished chunks are kept, so that a build that
 * was killed goes on where it was and ends with the same bytes. Images that cannot be read are
 * skipped and listed in the manifest.
 */
public final class GalleryBuilder {
  private static final double UNIT_TOLERANCE = 1e-3;

  /**
   * @param decoders threads that read, decode and preprocess
   * @param batch images per forward pass
   * @param chunk images between two notes in the journal, a multiple of {@code batch}
   * @param maxBytes of an image file
   * @param maxPixels of an image, width × height
   */
  public record Limits(int decoders, int batch, int chunk, long maxBytes, long maxPixels) {
    public static final Limits DEFAULT =
        new Limits(
            Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            32,
            1024,
            64L << 20,
            100_000_000);

    public Limits {
      if (decoders < 1 || batch < 1 || chunk < batch || chunk % batch != 0) {
        throw new IllegalArgumentException(
            "decoders and batch must be positive, chunk a multiple of batch: "
                + decoders
                + ", "
                + batch
                + ", "
                + chunk);
      }
      if (maxBytes < 1 || maxPixels < 1) {
        throw new IllegalArgumentException(
            "limits must be positive: " + maxBytes + ", " + maxPixels);
      }
    }
  }

  /** Is told how far a build is, by the thread that builds. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param done images encoded or skipped so far, those of an interrupted build included
     * @param skipped how many of them were skipped
     */
    void advanced(int done, int total, int skipped);
  }

  private final CompositionModel model;
  private final PreprocessType preprocess;
  private final ImageReader reader;
  private final Preprocessor preprocessor;
  private final Limits limits;
  private final String tool;
  private final Clock clock;

  /**
   * @param preprocess what {@code preprocessor} does
   * @param tool name and version of the program, for the manifest
   */
  public GalleryBuilder(
      CompositionModel model,
      PreprocessType preprocess,
      ImageReader reader,
      Preprocessor preprocessor,
      Limits limits,
      String tool,
      Clock clock) {
    this.model = model;
    this.preprocess = preprocess;
    this.reader = reader;
    this.preprocessor = preprocessor;
    this.limits = limits;
    this.tool = tool;
    this.clock = clock;
  }

  /**
   * Builds and publishes. Call it on the thread that may call the model.
   *
   * @param restart whether an unfinished build with another model, list of images or setting is
   *     thrown away
   * @throws GalleryException if no image can be read, the folder cannot be reached, or an
   *     unfinished build does not agree
   * @throws InterruptedException if the thread was interrupted; the build can be resumed
   */
  public GalleryManifest build(
      Path galleries, String name, ImageFolder folder, boolean restart, Progress progress)
      throws InterruptedException {
    GalleryVersions versions = GalleryVersions.of(galleries, name);
    List<String> names = List.copyOf(folder.names());
    if (names.isEmpty()) {
      throw new GalleryException("gallery " + name + ": there are no images in " + folder.root());
    }
    checkDistinct(names);
    Path work = versions.folder().resolve(".build");
    try (BuildJournal journal =
        BuildJournal.open(work, plan(folder, names), restart, clock.instant())) {
      encode(journal, folder, names, progress);
      GalleryManifest manifest = publish(journal, versions, name, folder, names);
      journal.discard();
      return manifest;
    } catch (IOException e) {
      throw new GalleryException("gallery " + name + " cannot be written: " + e, e);
    }
  }

  /** Whatever changes the features, and with them the meaning of what an earlier run left. */
  private Map<String, String> plan(ImageFolder folder, List<String> names) {
    ModelDescription description = model.description();
    MessageDigest digest = Sha256.newDigest();
    names.forEach(name -> digest.update((name + "\0").getBytes(UTF_8)));
    return Map.of(
        "clipModel", description.clipModel(),
        "clipSha256", description.clipSha256(),
        "device", description.device() + " " + description.precision(),
        "preprocess", preprocess.name().toLowerCase(Locale.ROOT),
        "imageRoot", folder.root().toString(),
        "images", Integer.toString(names.size()),
        "imagesSha256", Sha256.hex(digest.digest()),
        "limits",
            limits.batch + " " + limits.chunk + " " + limits.maxBytes + " " + limits.maxPixels,
        "tool", tool);
  }

  private static void checkDistinct(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException("image \"" + name + "\" is listed twice");
      }
    }
  }

  private void encode(
      BuildJournal journal, ImageFolder folder, List<String> names, Progress progress)
      throws IOException, InterruptedException {
    int done = 0;
    int skipped = 0;
    List<Integer> open = new ArrayList<>();
    for (int chunk = 0; chunk < chunkCount(names); chunk++) {
      Optional<BuildJournal.Chunk> finished = finished(journal, chunk, names);
      if (finished.isPresent()) {
        done += chunkNames(names, chunk).size();
        skipped += finished.get().skipped().size();
      } else {
        open.add(chunk);
      }
    }
    progress.advanced(done, names.size(), skipped);
    Iterator<String> openNames =
        open.stream().flatMap(chunk -> chunkNames(names, chunk).stream()).iterator();
    try (PreparedImages images =
        new PreparedImages(openNames, folder, reader, preprocessor, limits)) {
      for (int chunk : open) {
        ChunkEncoder encoder = new ChunkEncoder();
        int size = chunkNames(names, chunk).size();
        for (int i = 1; i <= size; i++) {
          encoder.add(images.next());
          if (i % limits.batch == 0 || i == size) {
            encoder.flush();
            progress.advanced(done + i, names.size(), skipped + encoder.skipped.size());
          }
        }
        journal.save(chunk, encoder.rows(), encoder.skipped);
        done += size;
        skipped += encoder.skipped.size();
      }
    }
  }

  private GalleryManifest publish(
      BuildJournal journal,
      GalleryVersions versions,
      String name,
      ImageFolder folder,
      List<String> names)
      throws IOException {
    int dimension = model.description().dimension();
    List<SkippedImage> skipped = new ArrayList<>();
    Path stage = journal.stage();
    GalleryWriter.Content content;
    try (GalleryWriter writer = new GalleryWriter(stage, dimension)) {
      for (int chunk = 0; chunk < chunkCount(names); chunk++) {
        BuildJournal.Chunk finished =
            finished(journal, chunk, names)
                .orElseThrow(() -> new GalleryException("the work folder changed: start again"));
        copy(finished, chunkNames(names, chunk), writer, dimension);
        skipped.addAll(finished.skipped());
      }
      if (writer.size() == 0) {
        journal.discard();
        throw new GalleryException(
            "gallery "
                + name
                + ": none of "
                + names.size()
                + " images can be used; "
                + skipped.get(0).name()
                + ": "
                + skipped.get(0).reason());
      }
      content = writer.finish();
    }
    GalleryManifest manifest =
        content.manifest(
            name,
            model.description().clipModel(),
            Optional.of(model.description().clipSha256()),
            preprocess,
            Optional.of(folder.root()),
            skipped,
            journal.startedAt(),
            tool,
            "built from " + folder.root());
    GalleryWriter.describe(stage, manifest);
    versions.publish(stage, manifest);
    return manifest;
  }

  private static void copy(
      BuildJournal.Chunk chunk, List<String> names, GalleryWriter writer, int dimension)
      throws IOException {
    Set<String> skipped = new HashSet<>();
    chunk.skipped().forEach(image -> skipped.add(image.name()));
    int rowBytes = dimension * Float.BYTES;
    int row = 0;
    for (String name : names) {
      if (!skipped.contains(name)) {
        writer.addRow(name, chunk.rows().slice(row++ * rowBytes, rowBytes));
      }
    }
  }

  /** A chunk of the journal, if it has as many rows as it should. */
  private Optional<BuildJournal.Chunk> finished(BuildJournal journal, int chunk, List<String> names)
      throws IOException {
    int size = chunkNames(names, chunk).size();
    int rowBytes = model.description().dimension() * Float.BYTES;
    return journal
        .find(chunk)
        .filter(c -> c.rows().remaining() == (size - c.skipped().size()) * rowBytes);
  }

  private int chunkCount(List<String> names) {
    return (names.size() + limits.chunk - 1) / limits.chunk;
  }

  private List<String> chunkNames(List<String> names, int chunk) {
    int start = chunk * limits.chunk;
    return names.subList(start, Math.min(start + limits.chunk, names.size()));
  }

  /** Turns images into rows, a batch at a time. */
  private final class ChunkEncoder {
    private final List<PreparedImages.Prepared> batch = new ArrayList<>();
    private final List<SkippedImage> skipped = new ArrayList<>();
    private final List<float[]> features = new ArrayList<>();

    void add(PreparedImages.Prepared image) {
      if (image.pixels().isPresent()) {
        batch.add(image);
      } else {
        skipped.add(new SkippedImage(image.name(), image.objection()));
      }
    }

    void flush() {
      List<ModelPixels> pixels = batch.stream().map(image -> image.pixels().orElseThrow()).toList();
      List<float[]> encoded = pixels.isEmpty() ? List.of() : encodeInParts(pixels);
      for (int i = 0; i < encoded.size(); i++) {
        if (isUnit(encoded.get(i))) {
          features.add(encoded.get(i));
        } else {
          skipped.add(new SkippedImage(batch.get(i).name(), "its feature is not of unit length"));
        }
      }
      batch.clear();
    }

    byte[] rows() {
      int dimension = model.description().dimension();
      ByteBuffer rows =
          ByteBuffer.allocate(features.size() * dimension * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      for (float[] feature : features) {
        rows.asFloatBuffer().put(feature);
        rows.position(rows.position() + feature.length * Float.BYTES);
      }
      return rows.array();
    }
  }

  /** Halves the batch for as long as the device has no memory for it. */
  private List<float[]> encodeInParts(List<ModelPixels> pixels) {
    try {
      return model.encode(pixels);
    } catch (QueryFailedException e) {
      if (e.code() != FailureCode.DEVICE_OUT_OF_MEMORY || pixels.size() == 1) {
        throw e;
      }
      int half = pixels.size() / 2;
      List<float[]> features = new ArrayList<>(encodeInParts(pixels.subList(0, half)));
      features.addAll(encodeInParts(pixels.subList(half, pixels.size())));
      return features;
    }
  }

  private static boolean isUnit(float[] feature) {
    double squares =
        IntStream.range(0, feature.length).mapToDouble(i -> (double) feature[i] * feature[i]).sum();
    return Math.abs(Math.sqrt(squares) - 1) <= UNIT_TOLERANCE;
  }
}
