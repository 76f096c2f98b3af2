package dev.heliograph.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The right edge of a tree: the partial tile of each level, which together determine the root.
 * Immutable; it grows by making a new one.
 */
final class TreeEdge {
  private final long size;

  /** By level; empty where the level's last tile is full. */
  private final List<byte[]> partial;

  /**
   * @param partial by level, as many as the tree has; the arrays are handed over
   */
  TreeEdge(long size, List<byte[]> partial) {
    this.size = size;
    this.partial = List.copyOf(partial);
  }

  static TreeEdge ofEmptyTree() {
    return new TreeEdge(0, List.of());
  }

  /**
   * The partial tiles of a tree of this size, lowest level first; those of width 0 are no tiles.
   */
  static List<Tile> tiles(long size) {
    List<Tile> tiles = new ArrayList<>();
    for (int level = 0; Tile.hashes(size, level) > 0; level++) {
      long hashes = Tile.hashes(size, level);
      tiles.add(new Tile(level, hashes / Tile.FULL, (int) (hashes % Tile.FULL)));
    }
    return tiles;
  }

  long size() {
    return size;
  }

  byte[] partial(int level) {
    return partial.get(level);
  }

  TreeEdge with(int level, byte[] data) {
    List<byte[]> changed = new ArrayList<>(partial);
    changed.set(level, data);
    return new TreeEdge(size, changed);
  }

  /** The complete subtrees that the whole tree splits into all lie in the partial tiles. */
  Hash root() {
    try {
      return MerkleTree.root(
          size,
          (height, index) -> {
            int level = height / Tile.HEIGHT;
            int within = height % Tile.HEIGHT;
            return subtree(partial.get(level), within, (int) ((index << within) % Tile.FULL));
          });
    } catch (IOException e) {
      throw new AssertionError(e); // nothing is read
    }
  }

  /** The root over 2^height hashes of a tile, from an offset. */
  static Hash subtree(byte[] tile, int height, int offset) {
    if (height == 0) {
      return Tile.hash(tile, offset);
    }
    int half = 1 << (height - 1);
    return MerkleTree.parent(
        subtree(tile, height - 1, offset), subtree(tile, height - 1, offset + half));
  }

  /** A grown tree: its edge, and the tiles that it has and the old tree had not. */
  record Growth(TreeEdge edge, Map<Tile, byte[]> tiles) {}

  Growth append(List<Hash> leaves) {
    Map<Tile, byte[]> tiles = new LinkedHashMap<>();
    List<byte[]> edge = new ArrayList<>(partial);
    List<Hash> added = leaves;
    for (int level = 0; !added.isEmpty(); level++) {
      if (level == edge.size()) {
        edge.add(new byte[0]);
      }
      byte[] data = concatenate(edge.get(level), added);
      long index = Tile.hashes(size, level) / Tile.FULL;
      added = new ArrayList<>();
      int tileBytes = Tile.FULL * Hash.BYTES;
      int at = 0;
      for (; data.length - at >= tileBytes; at += tileBytes, index++) {
        byte[] full = Arrays.copyOfRange(data, at, at + tileBytes);
        tiles.put(new Tile(level, index, Tile.FULL), full);
        added.add(subtree(full, Tile.HEIGHT, 0));
      }
      byte[] rest = Arrays.copyOfRange(data, at, data.length);
      edge.set(level, rest);
      if (rest.length > 0) {
        tiles.put(new Tile(level, index, rest.length / Hash.BYTES), rest);
      }
    }
    return new Growth(new TreeEdge(size + leaves.size(), edge), tiles);
  }

  private static byte[] concatenate(byte[] start, List<Hash> hashes) {
    byte[] data = Arrays.copyOf(start, start.length + hashes.size() * Hash.BYTES);
    int at = start.length;
    for (Hash hash : hashes) {
      System.arraycopy(hash.bytes(), 0, data, at, Hash.BYTES);
      at += Hash.BYTES;
    }
    return data;
  }
}
