package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.query.PreprocessType;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes features, names and what else is kept of a version into a folder that nobody else knows
 * yet.
 */
final class GalleryWriter implements Closeable {
  static final String FEATURES = "features.f32";
  static final String HALVES = "features.f16";
  static final String NAMES = "names.txt";
  static final String EXPLANATIONS = "explanations.i16";
  static final String MANIFEST = "manifest.json";

  static final int MAX_NAME_LENGTH = 4096;

  private final int dimension;
  private final DigestedFile features;
  private final DigestedFile names;
  private final @Nullable ExplanationLayout layout;
  private final @Nullable DigestedFile explanations;
  private final @Nullable DigestedFile halves;
  private final HalfRows.Rounding rounding = new HalfRows.Rounding();
  private final ByteBuffer row;
  private int size;

  /** A version of nothing but features and names. */
  GalleryWriter(Path folder, int dimension) throws IOException {
    this(folder, dimension, null, false);
  }

  /**
   * @param folder exists and is empty
   * @param layout of the explanations, or null if there are to be none
   * @param halved whether features are written in half precision too
   */
  GalleryWriter(Path folder, int dimension, @Nullable ExplanationLayout layout, boolean halved)
      throws IOException {
    this.dimension = dimension;
    this.layout = layout;
    this.row = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    this.features = new DigestedFile(folder.resolve(FEATURES));
    this.names = new DigestedFile(folder.resolve(NAMES));
    this.explanations = layout == null ? null : new DigestedFile(folder.resolve(EXPLANATIONS));
    this.halves = halved ? new DigestedFile(folder.resolve(HALVES)) : null;
  }

  /** Why a name cannot be kept in a gallery, or empty if it can. */
  static String objection(String name) {
    if (name.isEmpty()) {
      return "its name is empty";
    }
    if (name.length() > MAX_NAME_LENGTH) {
      return "its name is over " + MAX_NAME_LENGTH + " characters";
    }
    boolean text = name.codePoints().noneMatch(GalleryWriter::isControlOrHalfPair);
    return text ? "" : "its name has control characters or is not Unicode text";
  }

  private static boolean isControlOrHalfPair(int codePoint) {
    return Character.isISOControl(codePoint)
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
  }

  /**
   * Appends an image.
   *
   * @param feature of unit length
   */
  void add(String name, float[] feature) throws IOException {
    if (feature.length != dimension) {
      throw new IllegalArgumentException(feature.length + " values, expected " + dimension);
    }
    row.clear();
    for (float value : feature) {
      row.putFloat(value);
    }
    addRow(name, row.flip());
  }

  /**
   * Appends an image whose row is ready as bytes, little-endian.
   *
   * @throws GalleryException if it cannot be written in half precision, as it is to be
   */
  void addRow(String name, ByteBuffer bytes) throws IOException {
    String objection = objection(name);
    if (!objection.isEmpty() || bytes.remaining() != dimension * Float.BYTES) {
      throw new IllegalArgumentException("row " + size + " cannot be written: " + objection);
    }
    if (halves != null) {
      halves.write(rounding.round(bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()));
    }
    features.write(bytes);
    names.write(ByteBuffer.wrap((name + "\n").getBytes(UTF_8)));
    size = Math.addExact(size, 1);
  }

  /** Appends a file of explanations, each for the next row that has none yet. */
  void addExplanations(Path records) throws IOException {
    Objects.requireNonNull(explanations, "written without explanations").write(records);
  }

  int size() {
    return size;
  }

  /**
   * Syncs all files and says what is in them.
   *
   * @throws IllegalStateException if there are not as many explanations as rows
   */
  Content finish() throws IOException {
    return new Content(
        size,
        dimension,
        features.finish(),
        names.finish(),
        Optional.ofNullable(explanationInfo()),
        Optional.ofNullable(halfInfo()));
  }

  private @Nullable HalfInfo halfInfo() throws IOException {
    return halves == null ? null : new HalfInfo(rounding.largestError(), halves.finish());
  }

  private @Nullable ExplanationInfo explanationInfo() throws IOException {
    if (layout == null || explanations == null) {
      return null;
    }
    String sha256 = explanations.finish();
    if (explanations.length() != (long) size * layout.recordBytes()) {
      throw new IllegalStateException(
          explanations.length() + " bytes of explanations for " + size + " rows");
    }
    return new ExplanationInfo(layout.rows(), layout.columns(), layout.side(), sha256);
  }

  @Override
  public void close() throws IOException {
    try (features;
        names;
        explanations;
        halves) {
      row.clear();
    }
  }

  /** What was written. */
  record Content(
      int size,
      int dimension,
      String featuresSha256,
      String namesSha256,
      Optional<ExplanationInfo> explanations,
      Optional<HalfInfo> halves) {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int DIGEST_DIGITS = 8;

    /** The manifest of this content, under the id that follows from its time and digest. */
    GalleryManifest manifest(
        String name,
        String clipModel,
        Optional<String> clipSha256,
        Optional<String> precision,
        PreprocessType preprocess,
        Optional<URI> imageRoot,
        List<SkippedImage> skipped,
        Instant createdAt,
        String tool,
        String origin) {
      String sha256 =
          GalleryManifest.contentSha256(
              size, dimension, featuresSha256, namesSha256, explanations, halves);
      return new GalleryManifest(
          name,
          TIME.format(createdAt) + "-" + sha256.substring(0, DIGEST_DIGITS),
          size,
          dimension,
          featuresSha256,
          namesSha256,
          explanations,
          halves,
          clipModel,
          clipSha256,
          precision,
          preprocess,
          imageRoot,
          skipped,
          createdAt,
          tool,
          origin);
    }
  }

  /** Adds the manifest: the version is then complete, in a folder that has no public name yet. */
  static void describe(Path folder, GalleryManifest manifest) throws IOException {
    Files.createDirectories(folder);
    DurableFiles.replace(folder.resolve(MANIFEST), ManifestJson.write(manifest));
    DurableFiles.syncFolder(folder);
  }
}
