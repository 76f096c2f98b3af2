package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file of rows of numbers, mapped in blocks of rows. Thread-safe. The mappings end when this
 * object and every buffer of it are unreachable: never under a search that still reads them.
 */
final class MappedMatrix {
  static final int ROWS_PER_BLOCK = 1 << 16;

  /** How a number is stored, in little-endian order. */
  enum Format {
    FLOAT32(Float.BYTES),
    FLOAT16(Short.BYTES);

    private final int bytes;

    Format(int bytes) {
      this.bytes = bytes;
    }
  }

  private final int size;
  private final int dimension;
  private final Format format;
  private final MappedRecords rows;

  private MappedMatrix(int size, int dimension, Format format, MappedRecords rows) {
    this.size = size;
    this.dimension = dimension;
    this.format = format;
    this.rows = rows;
  }

  /**
   * @throws GalleryException if the file is not as long as size and dimension say
   */
  static MappedMatrix open(Path file, int size, int dimension, Format format) throws IOException {
    int rowBytes = dimension * format.bytes;
    MappedRecords rows =
        MappedRecords.open(file, size, "rows of " + dimension, rowBytes, ROWS_PER_BLOCK);
    return new MappedMatrix(size, dimension, format, rows);
  }

  int size() {
    return size;
  }

  int dimension() {
    return dimension;
  }

  Format format() {
    return format;
  }

  long bytes() {
    return (long) size * dimension * format.bytes;
  }

  int blockCount() {
    return rows.segments().size();
  }

  int rowsIn(int block) {
    return Math.min(ROWS_PER_BLOCK, size - block * ROWS_PER_BLOCK);
  }

  /** All bytes of a block: direct, read-only, little-endian. */
  ByteBuffer block(int block) {
    return rows.segment(block);
  }

  /** The bytes of a row: direct, read-only, little-endian. */
  ByteBuffer row(int row) {
    return rows.record(row);
  }

  /** The digest of all rows; reads the whole file. */
  String sha256() {
    return rows.sha256();
  }
}
