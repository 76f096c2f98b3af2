package dev.heliograph.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tiles and entries of a log under one checkpoint, each checked when it is read: the right edge
 * against the root, a full tile against the hash in the tile above it, an entry against its leaf.
 * So whatever is returned belongs to the signed tree, and what does not is named. Not thread-safe.
 */
final class LogTiles implements MerkleTree.Nodes {
  private static final int CACHED_TILES = 512;

  private final LogStore store;
  private final TreeEdge edge;

  private final Map<Tile, byte[]> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tile, byte[]> eldest) {
          return size() > CACHED_TILES;
        }
      };

  private LogTiles(LogStore store, TreeEdge edge) {
    this.store = store;
    this.edge = edge;
  }

  /**
   * @throws LogCorruptException if the right edge is incomplete or does not make the root
   */
  static LogTiles open(LogStore store, long size, Hash root) throws IOException {
    List<byte[]> partial = new ArrayList<>();
    for (Tile tile : TreeEdge.tiles(size)) {
      partial.add(tile.width() == 0 ? new byte[0] : fetch(store, tile, size));
    }
    TreeEdge edge = new TreeEdge(size, partial);
    if (!edge.root().equals(root)) {
      throw new EdgeDiagnosis(store, edge, root).find();
    }
    return new LogTiles(store, edge);
  }

  TreeEdge edge() {
    return edge;
  }

  long size() {
    return edge.size();
  }

  @Override
  public Hash node(int height, long index) throws IOException {
    int level = height / Tile.HEIGHT;
    int within = height % Tile.HEIGHT;
    long first = index << within;
    byte[] data = data(Tile.at(level, first / Tile.FULL, size()));
    return TreeEdge.subtree(data, within, (int) (first % Tile.FULL));
  }

  /** A tile's hashes, known to belong to the tree. */
  private byte[] data(Tile tile) throws IOException {
    if (!tile.isFull()) {
      return edge.partial(tile.level());
    }
    byte[] cached = cache.get(tile);
    if (cached != null) {
      return cached;
    }
    Tile parent = Tile.at(tile.level() + 1, tile.index() / Tile.FULL, size());
    Hash expected = Tile.hash(data(parent), (int) (tile.index() % Tile.FULL));
    byte[] data = fetch(store, tile, size());
    if (!TreeEdge.subtree(data, Tile.HEIGHT, 0).equals(expected)) {
      throw new LogCorruptException(
          tile.path(),
          "was rewritten: its hash is not the one that " + parent.path() + " has for it");
    }
    cache.put(tile, data);
    return data;
  }

  /** The entry at an index below {@link #size()}. */
  byte[] entry(long index) throws IOException {
    return entries(index / Tile.FULL).get((int) (index % Tile.FULL));
  }

  /** Up to 256 entries from bundle × 256. */
  List<byte[]> entries(long bundle) throws IOException {
    Tile tile = Tile.at(0, bundle, size());
    byte[] leaves = data(tile);
    List<byte[]> entries = fetchEntries(store, tile, size());
    for (int i = 0; i < tile.width(); i++) {
      if (!MerkleTree.leaf(entries.get(i)).equals(Tile.hash(leaves, i))) {
        throw new LogCorruptException(
            tile.entriesPath(),
            "entry " + (bundle * Tile.FULL + i) + " is not the one that the signed tree has");
      }
    }
    return entries;
  }

  List<Hash> inclusionProof(long index) throws IOException {
    return MerkleTree.inclusionProof(index, size(), this);
  }

  List<Hash> consistencyProof(long oldSize) throws IOException {
    return MerkleTree.consistencyProof(oldSize, size(), this);
  }

  /** A tile's bytes, not yet checked; a partial one may have been replaced by its full one. */
  static byte[] fetch(LogStore store, Tile tile, long size) throws IOException {
    int bytes = tile.width() * Hash.BYTES;
    Optional<byte[]> data = store.get(tile.path(), bytes + 1);
    if (data.isPresent() && data.get().length != bytes) {
      throw new LogCorruptException(tile.path(), "is not " + bytes + " bytes long");
    }
    if (data.isEmpty() && !tile.isFull()) {
      data =
          store
              .get(tile.full().path(), Tile.FULL * Hash.BYTES)
              .filter(full -> full.length >= bytes)
              .map(full -> Arrays.copyOf(full, bytes));
    }
    return data.orElseThrow(() -> missing(tile.path(), size));
  }

  /** A tile's entries, not yet checked, exactly as many as the tile is wide. */
  static List<byte[]> fetchEntries(LogStore store, Tile tile, long size) throws IOException {
    String path = tile.entriesPath();
    Optional<byte[]> bundle = store.get(path, EntryBundle.MAX_BYTES + 1);
    boolean exact = bundle.isPresent();
    if (!exact && !tile.isFull()) {
      path = tile.full().entriesPath();
      bundle = store.get(path, EntryBundle.MAX_BYTES + 1);
    }
    byte[] bytes = bundle.orElseThrow(() -> missing(tile.entriesPath(), size));
    List<byte[]> entries;
    try {
      entries = EntryBundle.parse("bundle", bytes, Tile.FULL);
    } catch (AuditFormatException e) {
      throw new LogCorruptException(path, "is not a sequence of entries");
    }
    if (exact ? entries.size() != tile.width() : entries.size() < tile.width()) {
      throw new LogCorruptException(
          path, "holds " + entries.size() + " entries instead of " + tile.width());
    }
    return entries.subList(0, tile.width());
  }

  private static LogCorruptException missing(String path, long size) {
    return new LogCorruptException(
        path, "is missing, though a checkpoint of " + size + " entries needs it");
  }
}
