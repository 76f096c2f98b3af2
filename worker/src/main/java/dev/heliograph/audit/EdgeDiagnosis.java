package dev.heliograph.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds which tile of a tree's right edge was rewritten, once the edge does not make the signed
 * root: makes each tile again from what lies below it, and sees with which one the root comes out
 * right.
 */
final class EdgeDiagnosis {
  private final LogStore store;
  private final TreeEdge edge;
  private final Hash root;

  EdgeDiagnosis(LogStore store, TreeEdge edge, Hash root) {
    this.store = store;
    this.edge = edge;
    this.root = root;
  }

  /** What to tell; a tile by name, if one alone explains it. */
  LogCorruptException find() {
    List<String> paths = new ArrayList<>();
    for (Tile tile : TreeEdge.tiles(edge.size())) {
      if (tile.width() > 0) {
        paths.add(tile.path());
        try {
          if (edge.with(tile.level(), remake(tile)).root().equals(root)) {
            return new LogCorruptException(
                tile.path(), "was rewritten: made again from what is below it, the root is right");
          }
        } catch (IOException cannotBeRemade) {
          // What lies below is missing or broken too; perhaps another tile explains the root.
        }
      }
    }
    return new LogCorruptException(
        LogFiles.CHECKPOINT,
        "its root over "
            + edge.size()
            + " entries is not that of "
            + String.join(", ", paths)
            + ": the log was rewritten or forked");
  }

  private byte[] remake(Tile tile) throws IOException {
    byte[] data = new byte[tile.width() * Hash.BYTES];
    List<byte[]> entries =
        tile.level() == 0 ? LogTiles.fetchEntries(store, tile, edge.size()) : List.of();
    for (int i = 0; i < tile.width(); i++) {
      Hash hash = tile.level() == 0 ? MerkleTree.leaf(entries.get(i)) : hashOfChild(tile, i);
      System.arraycopy(hash.bytes(), 0, data, i * Hash.BYTES, Hash.BYTES);
    }
    return data;
  }

  private Hash hashOfChild(Tile tile, int position) throws IOException {
    Tile child = new Tile(tile.level() - 1, tile.index() * Tile.FULL + position, Tile.FULL);
    return TreeEdge.subtree(LogTiles.fetch(store, child, edge.size()), Tile.HEIGHT, 0);
  }
}
