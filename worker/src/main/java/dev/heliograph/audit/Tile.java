package dev.heliograph.audit;

import java.util.Arrays;
import java.util.Locale;

/**
 * Names a tile of a C2SP tlog-tiles log (c2sp.org/tlog-tiles): up to 256 hashes of one level, each
 * over 256^level entries.
 *
 * @param index from the left, in its level
 * @param width how many hashes; under 256 the tile is partial, at the tree's right edge
 */
record Tile(int level, long index, int width) {
  static final int FULL = 256;
  static final int HEIGHT = 8;

  /** How many hashes a level has in a tree of this size; beyond 64 bits a level is empty. */
  static long hashes(long size, int level) {
    return level * HEIGHT >= Long.SIZE ? 0 : size >> (level * HEIGHT);
  }

  /**
   * The tile at this place in a tree of this size, full or partial; of width 0 if there is none.
   */
  static Tile at(int level, long index, long size) {
    long width = Math.min(FULL, hashes(size, level) - index * FULL);
    return new Tile(level, index, (int) Math.max(0, width));
  }

  boolean isFull() {
    return width == FULL;
  }

  Tile full() {
    return new Tile(level, index, FULL);
  }

  String path() {
    return "tile/" + level + "/" + suffix(index, width);
  }

  /** Where the entries below a level-0 tile are. */
  String entriesPath() {
    return "tile/entries/" + suffix(index, width);
  }

  private static String suffix(long index, int width) {
    return number(index) + (width == FULL ? "" : ".p/" + width);
  }

  /** 1234067 is {@code x001/x234/067}. */
  static String number(long index) {
    StringBuilder path = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
    }
    return path.toString();
  }

  /** The hash at a position of this tile's data. */
  static Hash hash(byte[] data, int position) {
    return new Hash(Arrays.copyOfRange(data, position * Hash.BYTES, (position + 1) * Hash.BYTES));
  }

  @Override
  public String toString() {
    return path();
  }
}
