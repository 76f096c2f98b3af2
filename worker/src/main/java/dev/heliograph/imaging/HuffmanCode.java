package dev.heliograph.imaging;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * A prefix code as Deflate wants it (RFC 1951, 3.2.2): canonical, its codes given with their first
 * bit lowest. It depends on the frequencies alone.
 *
 * @param lengths in bits, per symbol; 0 for a symbol that never occurs
 * @param codes reversed, per symbol
 */
record HuffmanCode(int[] lengths, int[] codes) {

  /** A subtree; symbols are leaves. */
  private record Node(long weight, int order, int symbol, int left, int right) {}

  /**
   * The shortest code for these frequencies, or nearly: where it would have codes over the limit,
   * frequencies are evened out until it has none.
   *
   * @param frequencies of which at least two are positive
   * @param limit in bits; 2 to the power of it is at least the number of symbols
   */
  static HuffmanCode of(int[] frequencies, int limit) {
    int[] even = frequencies.clone();
    int[] lengths = lengths(even);
    while (Arrays.stream(lengths).max().orElseThrow() > limit) {
      for (int i = 0; i < even.length; i++) {
        even[i] = even[i] > 0 ? even[i] / 2 + 1 : 0;
      }
      lengths = lengths(even);
    }
    return new HuffmanCode(lengths, canonical(lengths));
  }

  private static int[] lengths(int[] frequencies) {
    Node[] nodes = new Node[2 * frequencies.length];
    int count = 0;
    PriorityQueue<Node> roots =
        new PriorityQueue<>(
            (a, b) ->
                a.weight != b.weight
                    ? Long.compare(a.weight, b.weight)
                    : Integer.compare(a.order, b.order));
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      if (frequencies[symbol] > 0) {
        nodes[count] = new Node(frequencies[symbol], count, symbol, -1, -1);
        roots.add(nodes[count++]);
      }
    }
    while (roots.size() > 1) {
      Node left = roots.remove();
      Node right = roots.remove();
      nodes[count] = new Node(left.weight + right.weight, count, -1, left.order, right.order);
      roots.add(nodes[count++]);
    }
    return depths(nodes, count, frequencies.length);
  }

  /** Every subtree stands behind its branches, the whole tree last. */
  private static int[] depths(Node[] nodes, int count, int symbols) {
    int[] lengths = new int[symbols];
    int[] depth = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      Node node = nodes[i];
      if (node.symbol >= 0) {
        lengths[node.symbol] = depth[i];
      } else {
        depth[node.left] = depth[i] + 1;
        depth[node.right] = depth[i] + 1;
      }
    }
    return lengths;
  }

  private static int[] canonical(int[] lengths) {
    int[] codes = new int[lengths.length];
    int longest = Arrays.stream(lengths).max().orElseThrow();
    int code = 0;
    for (int length = 1; length <= longest; length++) {
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == length) {
          codes[symbol] = Integer.reverse(code++) >>> (32 - length);
        }
      }
      code <<= 1;
    }
    return codes;
  }
}
