package dev.heliograph.gallery;

import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.DataType;
import dev.heliograph.checkpoint.FileDigest;
import dev.heliograph.checkpoint.Tensor;
import dev.heliograph.checkpoint.TorchFile;
import dev.heliograph.checkpoint.TorchFileWriter;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The gallery databases of SEARLE-with-saliency: a {@code .pt} file of {@code features} (N × D,
 * floating point), {@code names} (N strings) and, optionally, {@code dataset_info}, a dict of which
 * {@code clip_model_name}, {@code preprocess_type}, {@code clip_sha256} and the first string among
 * {@code dataset_path}, {@code dataset_root}, {@code image_root}, {@code images_path}, {@code
 * image_folder}, {@code root}, {@code path} and {@code folder} are used.
 *
 * <p>Rows of unit length are taken bit for bit, others are normalised; a row that is zero or not
 * finite is refused. Of rows with the same name the first is kept, and names that hold control
 * characters are left out; the manifest lists both.
 */
public final class TorchDatabase {
  private static final List<String> ROOT_KEYS =
      List.of(
          "dataset_path",
          "dataset_root",
          "image_root",
          "images_path",
          "image_folder",
          "root",
          "path",
          "folder");

  private static final double UNIT_TOLERANCE = 1e-5;
  private static final int ROWS_AT_A_TIME = 4096;

  private final Path file;
  private final Tensor features;
  private final List<?> names;
  private final Map<?, ?> info;

  private TorchDatabase(Path file, Tensor features, List<?> names, Map<?, ?> info) {
    this.file = file;
    this.features = features;
    this.names = names;
    this.info = info;
  }

  /**
   * Reads a database's layout; its rows are read when it is imported.
   *
   * @throws CheckpointException if the file is no PyTorch file, or not a harmless one
   * @throws GalleryException if it is no gallery database
   */
  public static TorchDatabase open(Path file) {
    if (!(TorchFile.read(file) instanceof Map<?, ?> map)
        || !(map.get("features") instanceof Tensor features)
        || !(map.get("names") instanceof List<?> names)) {
      throw new GalleryException(file + ": is no gallery database: no features tensor and names");
    }
    long[] shape = features.shape();
    if (shape.length != 2
        || shape[0] < 1
        || shape[0] > Integer.MAX_VALUE
        || shape[1] < 1
        || shape[1] > GalleryManifest.MAX_DIMENSION
        || !isFloating(features.type())) {
      throw new GalleryException(
          file + ": features is a " + features + ", expected floating point, N x 1..4096");
    }
    if (names.size() != shape[0]) {
      throw new GalleryException(
          file + ": has " + shape[0] + " features and " + names.size() + " names");
    }
    Map<?, ?> info = map.get("dataset_info") instanceof Map<?, ?> found ? found : Map.of();
    return new TorchDatabase(file, features, names, info);
  }

  /**
   * The folder that {@code dataset_info} names, if it does. A relative one is below the working
   * directory, as it was for the program that wrote it.
   *
   * @throws GalleryException if what it names is neither a path nor a URI
   */
  public Optional<URI> imageRoot() {
    return ROOT_KEYS.stream().flatMap(key -> text(key).stream()).findFirst().map(this::rootUri);
  }

  private URI rootUri(String text) {
    try {
      return text.contains("://") ? URI.create(text) : Path.of(text).toAbsolutePath().toUri();
    } catch (IllegalArgumentException e) {
      throw new GalleryException(file + ": names \"" + text + "\" as its folder of images", e);
    }
  }

  /**
   * Makes it a new, current version of a gallery.
   *
   * @param imageRoot instead of the one that the database names
   * @throws GalleryException if a row or name cannot be used; nothing is published then
   */
  public GalleryManifest importInto(
      Path galleries, String name, Optional<URI> imageRoot, String tool, Clock clock) {
    return importInto(galleries, name, imageRoot, false, tool, clock);
  }

  /**
   * The same, and perhaps with its features in half precision as well: see {@link GalleryStorage}.
   */
  public GalleryManifest importInto(
      Path galleries,
      String name,
      Optional<URI> imageRoot,
      boolean halves,
      String tool,
      Clock clock) {
    GalleryVersions versions = GalleryVersions.of(galleries, name);
    try {
      Files.createDirectories(versions.folder());
      // Not a temporary folder: those are for their owner's eyes only.
      Path staged =
          Files.createDirectory(versions.folder().resolve(".import-" + UUID.randomUUID()));
      try {
        GalleryManifest manifest = write(staged, name, imageRoot, halves, tool, clock.instant());
        versions.publish(staged, manifest);
        return manifest;
      } finally {
        DurableFiles.delete(staged);
      }
    } catch (IOException e) {
      throw new GalleryException("gallery " + name + " cannot be written: " + e, e);
    }
  }

  /**
   * Opens it as a gallery of its own, for this process only; nothing is left on the disk.
   *
   * @param search is left open
   */
  public FileGallery openGallery(ExactSearch search) {
    try {
      Path folder = Files.createTempDirectory("heliograph-database-");
      try {
        write(folder, "database", Optional.empty(), false, "heliograph", Instant.EPOCH);
        // The mappings outlive the files.
        return FileGallery.open(folder, search);
      } finally {
        DurableFiles.delete(folder);
      }
    } catch (IOException e) {
      throw new GalleryException(file + ": cannot be opened as a gallery: " + e, e);
    }
  }

  /**
   * Writes a gallery version as such a database.
   *
   * @throws GalleryException if there is no such version, or the file cannot be written
   */
  public static void export(Path galleries, String name, String version, Path target) {
    Path folder = GalleryVersions.of(galleries, name).path(version);
    GalleryManifest manifest = FileGallery.readManifest(folder);
    Map<String, @Nullable Object> info = new LinkedHashMap<>();
    info.put("dataset_type", "heliograph");
    info.put("clip_model_name", manifest.clipModel());
    info.put("preprocess_type", manifest.preprocess().name().toLowerCase(Locale.ROOT));
    info.put("clip_sha256", manifest.clipSha256().orElse(null));
    info.put("dataset_path", manifest.imageRoot().map(TorchDatabase::pathOrUri).orElse(null));
    info.put("gallery", name);
    info.put("version", version);
    info.put("sha256", manifest.sha256());
    try {
      NameTable table =
          NameTable.open(
              folder.resolve(GalleryWriter.NAMES), manifest.size(), manifest.namesSha256());
      List<String> names = new ArrayList<>(manifest.size());
      for (int row = 0; row < manifest.size(); row++) {
        names.add(table.get(row));
      }
      Tensor features =
          Tensor.ofFile(
              DataType.FLOAT32,
              new long[] {manifest.size(), manifest.dimension()},
              folder.resolve(GalleryWriter.FEATURES));
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("features", features);
      values.put("names", names);
      values.put("dataset_info", info);
      TorchFileWriter.write(target, values);
    } catch (IOException e) {
      throw new GalleryException(target + ": cannot be written: " + e, e);
    }
  }

  private static String pathOrUri(URI root) {
    return "file".equals(root.getScheme()) ? Path.of(root).toString() : root.toString();
  }

  private GalleryManifest write(
      Path folder,
      String name,
      Optional<URI> imageRoot,
      boolean halves,
      String tool,
      Instant createdAt)
      throws IOException {
    List<SkippedImage> skipped = new ArrayList<>();
    GalleryWriter.Content content;
    try (GalleryWriter writer =
        new GalleryWriter(folder, (int) features.shape()[1], null, halves)) {
      writeRows(writer, skipped);
      if (writer.size() == 0) {
        throw new GalleryException(file + ": has no usable name");
      }
      content = writer.finish();
    }
    GalleryManifest manifest =
        content.manifest(
            name,
            text("clip_model_name").orElse("unknown"),
            text("clip_sha256"),
            Optional.empty(),
            preprocess(),
            imageRoot.or(this::imageRoot),
            skipped,
            createdAt,
            tool,
            "imported from " + file.getFileName() + ", sha256 " + FileDigest.sha256(file));
    GalleryWriter.describe(folder, manifest);
    return manifest;
  }

  private void writeRows(GalleryWriter writer, List<SkippedImage> skipped) throws IOException {
    Set<String> seen = new HashSet<>();
    int dimension = (int) features.shape()[1];
    for (int start = 0; start < names.size(); start += ROWS_AT_A_TIME) {
      int count = Math.min(ROWS_AT_A_TIME, names.size() - start);
      float[] block = features.rows(start, count).toFloats();
      for (int i = 0; i < count; i++) {
        String name = name(start + i);
        String objection = GalleryWriter.objection(name);
        if (!objection.isEmpty()) {
          skipped.add(new SkippedImage(name, objection));
        } else if (!seen.add(name)) {
          skipped.add(new SkippedImage(name, "row " + (start + i) + " repeats a name"));
        } else {
          writer.add(name, unit(block, i * dimension, dimension, start + i));
        }
      }
    }
  }

  private String name(int row) {
    if (names.get(row) instanceof String name) {
      return name;
    }
    throw new GalleryException(file + ": name " + row + " is not a string");
  }

  private float[] unit(float[] block, int start, int dimension, int row) {
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += (double) block[start + i] * block[start + i];
    }
    double length = Math.sqrt(squares);
    if (!(length > Float.MIN_NORMAL) || !Double.isFinite(length)) {
      throw new GalleryException(
          file + ": row " + row + " is " + (length == 0 ? "zero" : "not finite or nearly zero"));
    }
    double scale = Math.abs(length - 1) <= UNIT_TOLERANCE ? 1 : 1 / length;
    float[] feature = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      feature[i] = (float) (block[start + i] * scale);
    }
    return feature;
  }

  private PreprocessType preprocess() {
    String stated = text("preprocess_type").orElse("targetpad");
    for (PreprocessType type : PreprocessType.values()) {
      if (type.name().equalsIgnoreCase(stated)) {
        return type;
      }
    }
    throw new GalleryException(file + ": preprocess_type \"" + stated + "\" is not known");
  }

  private Optional<String> text(String key) {
    return info.get(key) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  private static boolean isFloating(DataType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
      default -> false;
    };
  }
}
