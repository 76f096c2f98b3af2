package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/**
 * Encodes a folder of images into a new, current version of a gallery. Images are decoded and
 * encoded by several threads, while the calling thread writes; finished chunks are kept, so that a
 * build that was killed goes on where it was and ends with the same bytes. Images that cannot be
 * read are skipped and listed in the manifest.
 */
public final class GalleryBuilder {
  /**
   * @param decoders threads that read, decode and preprocess
   * @param encoders threads that encode
   * @param batch images that one of them encodes at a time
   * @param chunk images between two notes in the journal, a multiple of {@code batch}
   * @param maxBytes of an image file
   * @param maxPixels of an image, width × height
   */
  public record Limits(
      int decoders, int encoders, int batch, int chunk, long maxBytes, long maxPixels) {
    public static final long MAX_BYTES = 64L << 20;
    public static final long MAX_PIXELS = 100_000_000;

    private static final int CHUNK = 1024;
    private static final int GPU_BATCH = 64;
    private static final int CPU_BATCH = 8;

    public Limits {
      if (decoders < 1 || encoders < 1 || batch < 1 || chunk < batch || chunk % batch != 0) {
        throw new IllegalArgumentException(
            "decoders, encoders and batch must be positive, chunk a multiple of batch: %d, %d, %d, %d"
                .formatted(decoders, encoders, batch, chunk));
      }
      if (maxBytes < 1 || maxPixels < 1) {
        throw new IllegalArgumentException(
            "limits must be positive: " + maxBytes + ", " + maxPixels);
      }
    }

    /** For a GPU, which one thread keeps busy with large batches. */
    public static Limits forGpu(int cores) {
      return new Limits(Math.max(1, cores - 1), 1, GPU_BATCH, CHUNK, MAX_BYTES, MAX_PIXELS);
    }

    /**
     * For a CPU whose cores are all to encode. They do so without waiting for each other where each
     * has a batch of its own: one thread inside an operation, an encoder for each core.
     *
     * @param threads inside one operation of the model
     */
    public static Limits forCpu(int cores, int threads) {
      int encoders = Math.max(1, cores / threads);
      return new Limits(Math.max(1, cores - 1), encoders, CPU_BATCH, CHUNK, MAX_BYTES, MAX_PIXELS);
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
   * Builds and publishes.
   *
   * @param storage what is kept beside the features
   * @param restart whether an unfinished build with another model, list of images or setting is
   *     thrown away
   * @throws GalleryException if no image can be read, the folder cannot be reached, or an
   *     unfinished build does not agree
   * @throws InterruptedException if the thread was interrupted; the build can be resumed
   */
  public GalleryManifest build(
      Path galleries,
      String name,
      ImageFolder folder,
      GalleryStorage storage,
      boolean restart,
      Progress progress)
      throws InterruptedException {
    GalleryVersions versions = GalleryVersions.of(galleries, name);
    List<String> names = List.copyOf(folder.names());
    if (names.isEmpty()) {
      throw new GalleryException("gallery " + name + ": there are no images in " + folder.root());
    }
    checkDistinct(names);
    BuildChunks chunks =
        new BuildChunks(names, limits.chunk, model.description().dimension(), layout(storage));
    Path work = versions.folder().resolve(".build");
    try (BuildJournal journal =
        BuildJournal.open(work, plan(folder, names, storage), restart, clock.instant())) {
      encode(journal, chunks, folder, progress);
      GalleryManifest manifest = publish(journal, versions, name, folder, chunks, storage.halves());
      journal.discard();
      return manifest;
    } catch (IOException e) {
      throw new GalleryException("gallery " + name + " cannot be written: " + e, e);
    }
  }

  private @Nullable ExplanationLayout layout(GalleryStorage storage) {
    ModelDescription description = model.description();
    int patches = description.patchesPerSide();
    return storage.explanations()
        ? new ExplanationLayout(patches, patches, description.side(), description.dimension())
        : null;
  }

  /** Whatever changes what is encoded, and with it the meaning of what an earlier run left. */
  private Map<String, String> plan(ImageFolder folder, List<String> names, GalleryStorage storage) {
    ModelDescription description = model.description();
    MessageDigest digest = Sha256.newDigest();
    names.forEach(name -> digest.update((name + "\0").getBytes(UTF_8)));
    return Map.of(
        "explanations", storage.explanations() ? "yes" : "no",
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
      BuildJournal journal, BuildChunks chunks, ImageFolder folder, Progress progress)
      throws IOException, InterruptedException {
    int total = chunks.names().size();
    int done = 0;
    int skipped = 0;
    List<Integer> open = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      Optional<BuildJournal.Chunk> finished = chunks.finished(journal, chunk);
      if (finished.isPresent()) {
        done += chunks.names(chunk).size();
        skipped += finished.get().skipped().size();
      } else {
        open.add(chunk);
      }
    }
    progress.advanced(done, total, skipped);
    Iterator<String> openNames =
        open.stream().flatMap(chunk -> chunks.names(chunk).stream()).iterator();
    try (PreparedImages images =
            new PreparedImages(openNames, folder, reader, preprocessor, limits);
        EncodedBatches batches = new EncodedBatches(model, chunks.layout(), images, limits)) {
      for (int chunk : open) {
        try (ChunkWriter writer = ChunkWriter.open(journal, chunk, chunks)) {
          int end = done + chunks.names(chunk).size();
          while (done < end) {
            List<EncodedImage> batch = batches.next();
            for (EncodedImage image : batch) {
              writer.add(image);
            }
            done += batch.size();
            progress.advanced(done, total, skipped + writer.skipped());
          }
          writer.save();
          skipped += writer.skipped();
        }
      }
    }
  }

  private GalleryManifest publish(
      BuildJournal journal,
      GalleryVersions versions,
      String name,
      ImageFolder folder,
      BuildChunks chunks,
      boolean halved)
      throws IOException {
    List<SkippedImage> skipped = new ArrayList<>();
    Path stage = journal.stage();
    GalleryWriter.Content content;
    try (GalleryWriter writer =
        new GalleryWriter(stage, chunks.dimension(), chunks.layout(), halved)) {
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        skipped.addAll(chunks.copy(journal, chunk, writer));
      }
      if (writer.size() == 0) {
        journal.discard();
        throw new GalleryException(
            "gallery "
                + name
                + ": none of "
                + chunks.names().size()
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
            Optional.of(model.description().precision()),
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
}
