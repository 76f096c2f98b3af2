package dev.heliograph.imaging;

import java.util.Arrays;

/**
 * A prefix code as Deflate wants it (RFC 1951, 3.2.2): canonical, its codes given with their first
 * bit lowest. It depends on the frequencies alone.
 *
 * @param lengths in bits, per symbol; 0 for a symbol that never occurs
 * @param codes reversed, per symbol
 */
record HuffmanCode(int[] lengths, int[] codes) {

  /**
   * The shortest code for these frequencies, or nearly: codes that would be over the limit are
   * brought down to it, and others become longer to make room for them.
   *
   * @param frequencies of which at least two are positive
   * @param limit in bits; 2 to the power of it is at least the number of symbols
   */
  static HuffmanCode of(int[] frequencies, int limit) {
    long[] leaves = leaves(frequencies);
    int[] ofLength = ofLength(leaves, limit);
    int[] lengths = new int[frequencies.length];
    int leaf = 0;
    for (int length = limit; length > 0; length--) {
      for (int i = 0; i < ofLength[length]; i++) {
        lengths[(int) leaves[leaf++]] = length;
      }
    }
    return new HuffmanCode(lengths, canonical(lengths));
  }

  /** Symbols (lower half) that occur, by frequency (upper half). */
  private static long[] leaves(int[] frequencies) {
    long[] leaves = new long[frequencies.length];
    int count = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      if (frequencies[symbol] > 0) {
        leaves[count++] = (long) frequencies[symbol] << 32 | symbol;
      }
    }
    Arrays.sort(leaves, 0, count);
    return Arrays.copyOf(leaves, count);
  }

  /** How many codes there are of each length; the rarer a symbol, the longer its code. */
  private static int[] ofLength(long[] leaves, int limit) {
    int[] parents = parents(leaves);
    int[] depths = new int[parents.length];
    int[] ofLength = new int[limit + 1];
    int used = 0;
    for (int i = parents.length - 2; i >= 0; i--) {
      depths[i] = depths[parents[i]] + 1;
      if (i < leaves.length) {
        int length = Math.min(depths[i], limit);
        ofLength[length]++;
        used += 1 << (limit - length);
      }
    }
    for (; used > 1 << limit; used--) {
      shorten(ofLength, limit);
    }
    return ofLength;
  }

  /** Frees the room of one longest code: it and the next shorter one are told apart by a bit. */
  private static void shorten(int[] ofLength, int limit) {
    int length = limit - 1;
    while (ofLength[length] == 0) {
      length--;
    }
    ofLength[limit]--;
    ofLength[length]--;
    ofLength[length + 1] += 2;
  }

  /**
   * Which subtree each one is joined into: leaves first, then the others in the order of their
   * weights, which is the order that they come to be in; the whole tree last.
   */
  private static int[] parents(long[] leaves) {
    int[] parents = new int[2 * leaves.length - 1];
    long[] weights = new long[parents.length];
    int leaf = 0;
    int tree = leaves.length;
    for (int i = 0; i < leaves.length; i++) {
      weights[i] = leaves[i] >>> 32;
    }
    for (int next = leaves.length; next < parents.length; next++) {
      for (int i = 0; i < 2; i++) {
        boolean takesLeaf = tree == next || leaf < leaves.length && weights[leaf] <= weights[tree];
        int lightest = takesLeaf ? leaf++ : tree++;
        parents[lightest] = next;
        weights[next] += weights[lightest];
      }
    }
    return parents;
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
