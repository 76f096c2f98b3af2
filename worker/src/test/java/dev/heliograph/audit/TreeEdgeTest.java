package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TreeEdgeTest {
  private static final int MANY = 70_000;

  @Test
  void namesTilesAsTheSpecificationDoes() {
    assertEquals("tile/0/x001/x234/067", new Tile(0, 1_234_067, 256).path());
    assertEquals("tile/2/000.p/1", new Tile(2, 0, 1).path());
    assertEquals("tile/entries/x273/112.p/9", new Tile(0, 273_112, 9).entriesPath());
  }

  @Test
  void everySizeHasTheRootOfItsLeavesHoweverItGrew() {
    List<Hash> leaves = MerkleTreeTest.leaves(600);
    TreeEdge oneByOne = TreeEdge.ofEmptyTree();
    for (int size = 1; size <= leaves.size(); size++) {
      oneByOne = oneByOne.append(leaves.subList(size - 1, size)).edge();
      if (size % 37 == 0 || (size & (size - 1)) == 0 || Math.abs(size - 512) < 3) {
        Hash root = MerkleTreeTest.naiveRoot(leaves.subList(0, size));
        TreeEdge atOnce = TreeEdge.ofEmptyTree().append(leaves.subList(0, size)).edge();
        assertEquals(root, oneByOne.root());
        assertEquals(root, atOnce.root());
      }
    }
  }

  /** The example of c2sp.org/tlog-tiles: a tree of size 70,000. */
  @Test
  void makesTheTilesOfTheSpecificationsExample() {
    TreeEdge.Growth growth = TreeEdge.ofEmptyTree().append(MerkleTreeTest.leaves(MANY));

    assertEquals(273, growth.tiles().keySet().stream().filter(t -> full(t, 0)).count());
    assertEquals(1, growth.tiles().keySet().stream().filter(t -> full(t, 1)).count());
    assertTrue(growth.tiles().containsKey(new Tile(0, 273, 112)));
    assertTrue(growth.tiles().containsKey(new Tile(1, 1, 17)));
    assertTrue(growth.tiles().containsKey(new Tile(2, 0, 1)));
    assertEquals(273 + 1 + 1 + 1 + 1, growth.tiles().size());
    assertEquals(MerkleTreeTest.naiveRoot(MerkleTreeTest.leaves(MANY)), growth.edge().root());
    assertEquals(
        List.of(new Tile(0, 1, 0), new Tile(1, 0, 1)), TreeEdge.tiles(256), "full, and its hash");
  }

  @Test
  void provesFromTilesOfThreeLevels() throws IOException {
    MemoryLogStore store = new MemoryLogStore();
    List<Hash> leaves = MerkleTreeTest.leaves(MANY);
    TreeEdge.Growth growth = TreeEdge.ofEmptyTree().append(leaves);
    for (Map.Entry<Tile, byte[]> tile : growth.tiles().entrySet()) {
      store.putIfAbsent(tile.getKey().path(), tile.getValue());
    }
    Hash root = growth.edge().root();
    LogTiles tiles = LogTiles.open(store, MANY, root);

    for (int index : new int[] {0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999}) {
      List<Hash> proof = tiles.inclusionProof(index);
      assertTrue(MerkleTree.included(leaves.get(index), index, MANY, proof, root));
    }
    for (int size : new int[] {1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000}) {
      Hash old = TreeEdge.ofEmptyTree().append(leaves.subList(0, size)).edge().root();
      assertTrue(MerkleTree.consistent(size, old, MANY, root, tiles.consistencyProof(size)));
    }
  }

  @Test
  void readsAPartialTileFromTheFullOneThatReplacedIt() throws IOException {
    MemoryLogStore store = new MemoryLogStore();
    LogExamples.seal(store, LogExamples.entries(0, 10));
    Checkpoint early = LogExamples.view(store).checkpoint().orElseThrow();
    LogExamples.seal(store, LogExamples.entries(0, 300));
    store.files.keySet().removeIf(path -> path.contains(".p/10"));

    LogTiles tiles = LogTiles.open(store, early.size(), early.root());

    assertArrayEquals(LogExamples.entry(9).toBytes(), tiles.entry(9));
  }

  @Test
  void aHostileTreeSizeIsRefusedAtOnce() {
    assertThrows(
        LogCorruptException.class,
        () -> LogTiles.open(new MemoryLogStore(), Long.MAX_VALUE, MerkleTree.emptyRoot()));
  }

  private static boolean full(Tile tile, int level) {
    return tile.level() == level && tile.isFull();
  }
}
