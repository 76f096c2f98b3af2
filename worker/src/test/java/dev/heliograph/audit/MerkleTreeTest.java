package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  /** Leaves and roots that Certificate Transparency implementations share as test vectors. */
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final List<Hash> vectorLeaves =
      LEAVES.stream().map(hex -> MerkleTree.leaf(HexFormat.of().parseHex(hex))).toList();

  /** MTH of RFC 6962, section 2.1, word for word. */
  static Hash naiveRoot(List<Hash> leaves) {
    if (leaves.isEmpty()) {
      return MerkleTree.emptyRoot();
    }
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return MerkleTree.parent(
        naiveRoot(leaves.subList(0, split)), naiveRoot(leaves.subList(split, leaves.size())));
  }

  private static MerkleTree.Nodes nodes(List<Hash> leaves) {
    return (height, index) -> {
      int from = (int) (index << height);
      return naiveRoot(leaves.subList(from, from + (1 << height)));
    };
  }

  private static List<Hash> hashes(String... hex) {
    return java.util.Arrays.stream(hex).map(h -> new Hash(HexFormat.of().parseHex(h))).toList();
  }

  @Test
  void makesTheKnownRoots() throws IOException {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        MerkleTree.emptyRoot().toString());
    for (int size = 1; size <= 8; size++) {
      assertEquals(ROOTS.get(size - 1), MerkleTree.root(size, nodes(vectorLeaves)).toString());
    }
  }

  @Test
  void makesTheKnownProofs() throws IOException {
    assertEquals(
        hashes(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
        MerkleTree.inclusionProof(0, 8, nodes(vectorLeaves)));
    assertEquals(
        hashes("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        MerkleTree.inclusionProof(2, 3, nodes(vectorLeaves)));
    assertEquals(
        hashes(
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        MerkleTree.consistencyProof(6, 8, nodes(vectorLeaves)));
  }

  @Test
  void checksEveryProofOfEverySmallTree() throws IOException {
    List<Hash> leaves = leaves(40);
    for (int size = 1; size <= leaves.size(); size++) {
      MerkleTree.Nodes nodes = nodes(leaves.subList(0, size));
      Hash root = MerkleTree.root(size, nodes);
      for (int i = 0; i < size; i++) {
        List<Hash> proof = MerkleTree.inclusionProof(i, size, nodes);
        assertTrue(MerkleTree.included(leaves.get(i), i, size, proof, root));
        assertFalse(MerkleTree.included(leaves.get((i + 1) % 40), i, size, proof, root));
        for (List<Hash> broken : broken(proof)) {
          assertFalse(MerkleTree.included(leaves.get(i), i, size, broken, root));
        }
      }
      for (int old = 0; old <= size; old++) {
        Hash oldRoot = naiveRoot(leaves.subList(0, old));
        List<Hash> proof = MerkleTree.consistencyProof(old, size, nodes);
        assertTrue(MerkleTree.consistent(old, oldRoot, size, root, proof));
        assertFalse(MerkleTree.consistent(old, leaves.get(39), size, root, proof) && size != 40);
        for (List<Hash> broken : broken(proof)) {
          assertFalse(MerkleTree.consistent(old, oldRoot, size, root, broken));
        }
      }
    }
  }

  @Test
  void refusesImpossibleSizes() {
    Hash hash = MerkleTree.emptyRoot();

    assertFalse(MerkleTree.included(hash, 3, 3, List.of(), hash));
    assertFalse(MerkleTree.included(hash, -1, 3, List.of(), hash));
    assertFalse(MerkleTree.included(hash, 0, Long.MAX_VALUE, List.of(hash), hash));
    assertFalse(MerkleTree.consistent(4, hash, 3, hash, List.of()));
    assertFalse(MerkleTree.consistent(3, hash, 4, hash, List.of()));
    assertFalse(MerkleTree.consistent(1, hash, Long.MAX_VALUE, hash, List.of(hash)));
  }

  static List<Hash> leaves(int count) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(MerkleTree.leaf(LogExamples.entry(i).toBytes()));
    }
    return leaves;
  }

  /** One hash more, one less, one changed. */
  private static List<List<Hash>> broken(List<Hash> proof) {
    List<List<Hash>> broken = new ArrayList<>();
    List<Hash> longer = new ArrayList<>(proof);
    longer.add(MerkleTree.emptyRoot());
    broken.add(longer);
    for (int i = 0; i < proof.size(); i++) {
      List<Hash> shorter = new ArrayList<>(proof);
      shorter.remove(i);
      broken.add(shorter);
      List<Hash> changed = new ArrayList<>(proof);
      changed.set(i, MerkleTree.emptyRoot());
      broken.add(changed);
    }
    return broken;
  }
}
