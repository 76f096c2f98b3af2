package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A gallery's features, mapped in blocks of rows. Thread-safe. The mappings end when this object
 * and every buffer of it are unreachable: never under a search that still reads them.
 */
final class FeatureRows {
  static final int ROWS_PER_BLOCK = 1 << 16;

  private final int size;
  private final int dimension;
  private final List<ByteBuffer> blocks;

  private FeatureRows(int size, int dimension, List<ByteBuffer> blocks) {
    this.size = size;
    this.dimension = dimension;
    this.blocks = blocks;
  }

  /**
   * @throws GalleryException if the file is not as long as size and dimension say
   */
  static FeatureRows open(Path file, int size, int dimension) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long rowBytes = (long) dimension * Float.BYTES;
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
      return new FeatureRows(size, dimension, blocks);
    }
  }

  int size() {
    return size;
  }

  int dimension() {
    return dimension;
  }

  long bytes() {
    return (long) size * dimension * Float.BYTES;
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

  /** The digest of all rows; reads the whole file. */
  String sha256() {
    MessageDigest digest = Sha256.newDigest();
    for (int block = 0; block < blocks.size(); block++) {
      digest.update(block(block));
    }
    return Sha256.hex(digest.digest());
  }

  /**
   * The cosine of a row with a query, summed in double precision in the order of the elements: the
   * same for equal rows wherever they stand, on every device, and whatever else is in the batch.
   */
  float similarity(int row, float[] query) {
    FloatBuffer block = block(row / ROWS_PER_BLOCK).asFloatBuffer();
    int start = row % ROWS_PER_BLOCK * dimension;
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      sum += (double) block.get(start + i) * query[i];
    }
    return (float) sum;
  }
}
