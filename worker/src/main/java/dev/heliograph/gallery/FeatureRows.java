package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gallery's features, mapped: as they are, and perhaps once more in half precision. Thread-safe.
 */
final class FeatureRows {
  private final MappedMatrix exact;
  private final @Nullable HalfRows halves;

  private FeatureRows(MappedMatrix exact, @Nullable HalfRows halves) {
    this.exact = exact;
    this.halves = halves;
  }

  /**
   * Without halves.
   *
   * @throws GalleryException if the file is not as long as size and dimension say
   */
  static FeatureRows open(Path file, int size, int dimension) throws IOException {
    return of(MappedMatrix.open(file, size, dimension, MappedMatrix.Format.FLOAT32));
  }

  /** Without halves. */
  static FeatureRows of(MappedMatrix exact) {
    return new FeatureRows(exact, null);
  }

  /**
   * All that a version has.
   *
   * @throws GalleryException if a file is not as long as the manifest says
   */
  static FeatureRows open(Path version, GalleryManifest manifest) throws IOException {
    Path file = version.resolve(GalleryWriter.FEATURES);
    FeatureRows rows = open(file, manifest.size(), manifest.dimension());
    return manifest.halves().isEmpty()
        ? rows
        : new FeatureRows(rows.exact, HalfRows.open(version, manifest, manifest.halves().get()));
  }

  int size() {
    return exact.size();
  }

  int dimension() {
    return exact.dimension();
  }

  MappedMatrix exact() {
    return exact;
  }

  Optional<HalfRows> halves() {
    return Optional.ofNullable(halves);
  }

  /**
   * The cosine of a row with a query, summed in double precision in the order of the elements: the
   * same for equal rows wherever they stand, on every device, and whatever else is in the batch.
   */
  float similarity(int row, float[] query) {
    FloatBuffer values = exact.row(row).asFloatBuffer();
    double sum = 0;
    for (int i = 0; i < query.length; i++) {
      sum += (double) values.get(i) * query[i];
    }
    return (float) sum;
  }
}
