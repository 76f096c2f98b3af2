package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

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
  private final List<ByteBuffer> blocks;

  private MappedMatrix(int size, int dimension, Format format, List<ByteBuffer> blocks) {
    this.size = size;
    this.dimension = dimension;
    this.format = format;
    this.blocks = blocks;
  }

  /**
   * @throws GalleryException if the file is not as long as size and dimension say
   */
  static MappedMatrix open(Path file, int size, int dimension, Format format) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long rowBytes = (long) dimension * format.bytes;
      if (channel.size() != size * rowBytes) {
        throw new GalleryException(
            file
                + ": has "
                + channel.size()
                + " bytes, "
                + size
                + " rows of "
                + dimension
                + " need "
                + size * rowBytes);
      }
      List<ByteBuffer> blocks = new ArrayList<>();
      for (long row = 0; row < size; row += ROWS_PER_BLOCK) {
        long bytes = Math.min(ROWS_PER_BLOCK, size - row) * rowBytes;
        blocks.add(channel.map(FileChannel.MapMode.READ_ONLY, row * rowBytes, bytes));
      }
      return new MappedMatrix(size, dimension, format, blocks);
    }
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
    return blocks.size();
  }

  int rowsIn(int block) {
    return Math.min(ROWS_PER_BLOCK, size - block * ROWS_PER_BLOCK);
  }

  /** All bytes of a block: direct, read-only, little-endian. */
  ByteBuffer block(int block) {
    return blocks.get(block).duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes of a row: direct, read-only, little-endian. */
  ByteBuffer row(int row) {
    int bytes = dimension * format.bytes;
    return blocks
        .get(row / ROWS_PER_BLOCK)
        .slice(row % ROWS_PER_BLOCK * bytes, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The digest of all rows; reads the whole file. */
  String sha256() {
    MessageDigest digest = Sha256.newDigest();
    for (int block = 0; block < blocks.size(); block++) {
      digest.update(block(block));
    }
    return Sha256.hex(digest.digest());
  }
}
