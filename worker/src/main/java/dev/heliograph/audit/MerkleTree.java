package dev.heliograph.audit;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 6962, section 2.1: hashes, audit paths and consistency proofs, and how
 * they are checked (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Leaves and inner nodes are hashed
 * apart (0x00, 0x01), so that neither can pass for the other.
 */
final class MerkleTree {
  /** Gives the roots of complete subtrees of one tree. */
  interface Nodes {
    /** The root of the 2^height leaves that begin at index × 2^height. */
    Hash node(int height, long index) throws IOException;
  }

  private MerkleTree() {}

  static Hash leaf(byte[] entry) {
    MessageDigest digest = Digests.sha256();
    digest.update((byte) 0);
    digest.update(entry);
    return new Hash(digest.digest());
  }

  static Hash parent(Hash left, Hash right) {
    MessageDigest digest = Digests.sha256();
    digest.update((byte) 1);
    digest.update(left.bytes());
    digest.update(right.bytes());
    return new Hash(digest.digest());
  }

  static Hash emptyRoot() {
    return new Hash(Digests.sha256().digest());
  }

  /** The root over the first {@code size} leaves. */
  static Hash root(long size, Nodes nodes) throws IOException {
    return size == 0 ? emptyRoot() : subtree(0, size, nodes);
  }

  /** The root of leaves {@code from} (inclusive) to {@code to}, a subtree of the RFC's kind. */
  private static Hash subtree(long from, long to, Nodes nodes) throws IOException {
    long width = to - from;
    if (Long.bitCount(width) == 1) {
      int height = Long.numberOfTrailingZeros(width);
      return nodes.node(height, from >> height);
    }
    long split = from + Long.highestOneBit(width - 1);
    return parent(subtree(from, split, nodes), subtree(split, to, nodes));
  }

  /** PATH(index, D[size]) of RFC 6962: the siblings from the leaf up. */
  static List<Hash> inclusionProof(long index, long size, Nodes nodes) throws IOException {
    List<Hash> path = new ArrayList<>();
    path(index, 0, size, nodes, path);
    return path;
  }

  private static void path(long index, long from, long to, Nodes nodes, List<Hash> path)
      throws IOException {
    if (to - from == 1) {
      return;
    }
    long split = from + Long.highestOneBit(to - from - 1);
    if (index < split) {
      path(index, from, split, nodes, path);
      path.add(subtree(split, to, nodes));
    } else {
      path(index, split, to, nodes, path);
      path.add(subtree(from, split, nodes));
    }
  }

  /** PROOF(oldSize, D[size]) of RFC 6962; empty if the sizes are equal or the old tree empty. */
  static List<Hash> consistencyProof(long oldSize, long size, Nodes nodes) throws IOException {
    List<Hash> proof = new ArrayList<>();
    if (oldSize > 0 && oldSize < size) {
      consistency(oldSize, 0, size, true, nodes, proof);
    }
    return proof;
  }

  private static void consistency(
      long oldSize, long from, long to, boolean whole, Nodes nodes, List<Hash> proof)
      throws IOException {
    if (oldSize == to) {
      if (!whole) {
        proof.add(subtree(from, to, nodes));
      }
      return;
    }
    long split = from + Long.highestOneBit(to - from - 1);
    if (oldSize <= split) {
      consistency(oldSize, from, split, whole, nodes, proof);
      proof.add(subtree(split, to, nodes));
    } else {
      consistency(oldSize, split, to, false, nodes, proof);
      proof.add(subtree(from, split, nodes));
    }
  }

  /** Whether the leaf is at this index of the tree with this root (RFC 9162, 2.1.3.2). */
  static boolean included(Hash leaf, long index, long size, List<Hash> proof, Hash root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long node = index;
    long last = size - 1;
    Hash hash = leaf;
    for (Hash sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = parent(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = parent(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && hash.equals(root);
  }

  /** Whether the new tree begins with the whole old tree (RFC 9162, 2.1.4.2). */
  static boolean consistent(long oldSize, Hash oldRoot, long size, Hash root, List<Hash> proof) {
    if (oldSize < 0 || oldSize > size) {
      return false;
    }
    if (oldSize == size) {
      return proof.isEmpty() && oldRoot.equals(root);
    }
    if (oldSize == 0) {
      return proof.isEmpty() && oldRoot.equals(emptyRoot());
    }
    List<Hash> path = new ArrayList<>(proof);
    if (Long.bitCount(oldSize) == 1) {
      path.add(0, oldRoot);
    }
    if (path.isEmpty()) {
      return false;
    }
    long node = oldSize - 1;
    long last = size - 1;
    while ((node & 1) == 1) {
      node >>= 1;
      last >>= 1;
    }
    Hash oldHash = path.get(0);
    Hash hash = oldHash;
    for (Hash sibling : path.subList(1, path.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldHash = parent(sibling, oldHash);
        hash = parent(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = parent(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && oldHash.equals(oldRoot) && hash.equals(root);
  }
}
