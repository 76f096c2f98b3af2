package dev.heliograph.gallery;

import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The saliency maps of a gallery's images for any query, from {@code explanations.i16}, mapped.
 * Thread-safe; the mappings end as {@link MappedRecords} says.
 *
 * <p>A map is max(0, U · t) with U in 16 bits. With s_i the scale of patch i, at most 2^-15 of its
 * largest number, rounding moves its relevance by at most s_i √D / 2 for any t of length 1.
 * Measured, it stays below 0.1 % of the map's largest value.
 */
final class ExplanationTable {
  private static final int SEGMENT_BYTES = 1 << 30;

  private final ExplanationLayout layout;
  private final PreprocessType preprocess;
  private final MappedRecords records;

  private ExplanationTable(
      ExplanationLayout layout, PreprocessType preprocess, MappedRecords records) {
    this.layout = layout;
    this.preprocess = preprocess;
    this.records = records;
  }

  /**
   * @param preprocess leads from the model's input back to the original
   * @throws GalleryException if the file is not as long as so many records
   */
  static ExplanationTable open(
      Path file, int size, ExplanationLayout layout, PreprocessType preprocess) throws IOException {
    int recordBytes = layout.recordBytes();
    int perSegment = Math.max(1, SEGMENT_BYTES / recordBytes);
    MappedRecords records =
        MappedRecords.open(file, size, "records of " + recordBytes, recordBytes, perSegment);
    return new ExplanationTable(layout, preprocess, records);
  }

  /** The digest of all records; reads the whole file. */
  String sha256() {
    return records.sha256();
  }

  /**
   * Why an image has its score for a query, or empty if its record is damaged.
   *
   * @param query normalised, of the gallery's dimension
   */
  Optional<SaliencyMap> map(int index, float[] query) {
    if (query.length != layout.dimension()) {
      throw new IllegalArgumentException(
          "query of " + query.length + " values for " + layout.dimension());
    }
    ByteBuffer record = records.record(index);
    int width = record.getInt();
    int height = record.getInt();
    float[] grid = grid(record, query);
    return width < 1 || height < 1 || !isFinite(grid)
        ? Optional.empty()
        : Optional.of(
            new SaliencyMap(
                SaliencyMethod.EXACT,
                layout.rows(),
                layout.columns(),
                grid,
                ImageGeometry.plan(width, height, layout.side(), preprocess)));
  }

  /** Leaves what is not finite, or has no scale, as NaN. */
  private float[] grid(ByteBuffer patches, float[] query) {
    float[] grid = new float[layout.patches()];
    short[] tangent = new short[query.length];
    for (int patch = 0; patch < grid.length; patch++) {
      float scale = patches.getFloat();
      patches.asShortBuffer().get(tangent);
      patches.position(patches.position() + tangent.length * Short.BYTES);
      grid[patch] = scale >= 0 ? Math.max(0f, scale * dot(tangent, query)) : Float.NaN;
    }
    return grid;
  }

  /** Four sums side by side, so that no addition waits for the one before. */
  private static float dot(short[] tangent, float[] query) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i < query.length - 3; i += 4) {
      a += tangent[i] * query[i];
      b += tangent[i + 1] * query[i + 1];
      c += tangent[i + 2] * query[i + 2];
      d += tangent[i + 3] * query[i + 3];
    }
    for (; i < query.length; i++) {
      a += tangent[i] * query[i];
    }
    return a + b + (c + d);
  }

  private static boolean isFinite(float[] grid) {
    for (float value : grid) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
