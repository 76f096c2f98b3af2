package dev.heliograph.imaging;

import java.util.Arrays;

/**
 * Deflate (RFC 1951) for filtered image rows: a Huffman code for each stripe, and runs of zeros as
 * matches with the byte before. It looks for no other repetition, which photographs do not have and
 * a general compressor spends most of its time on.
 *
 * <p>Runs are told by words of eight bytes, and have a power of two of such words.
 */
final class RunDeflater {
  private static final int WORD = Long.BYTES;
  private static final int LITERALS = 256;
  private static final int END_OF_BLOCK = 256;
  private static final int SYMBOLS = 286;

  /** So that four literals and what is left over from before fit into a long. */
  private static final int MAX_BITS = 14;

  private static final int MAX_LENGTH_BITS = 7;

  /** Of 8, 16, 32, 64, 128 and 256 bytes: symbol, and the extra bits that say which of its own. */
  private static final int[] RUN_SYMBOL = {262, 267, 272, 276, 280, 284};

  private static final int[] RUN_EXTRA_BITS = {0, 1, 2, 3, 4, 5};
  private static final int[] RUN_EXTRA = {0, 1, 1, 5, 13, 29};

  /** In which order the lengths of the code-length code are written. */
  private static final int[] LENGTH_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private final BitSink out;
  private final int[] frequencies = new int[SYMBOLS];

  /** Per symbol: its code in the highest bits, its length in the lowest. */
  private final long[] codes = new long[SYMBOLS];

  RunDeflater(BitSink out) {
    this.out = out;
  }

  /** Appends a block that holds the first so many bytes, and ends with a whole byte. */
  void block(byte[] data, int length, boolean last) {
    count(data, length);
    HuffmanCode code = HuffmanCode.of(frequencies, MAX_BITS);
    for (int i = 0; i < SYMBOLS; i++) {
      int bits = code.lengths()[i];
      codes[i] = (long) code.codes()[i] << (64 - bits) | bits;
    }
    out.reserve(length * (long) MAX_BITS / 8 + SYMBOLS);
    out.put(last ? 1 : 0, 1);
    out.put(2, 2); // a code of its own
    header(code);
    data(data, length);
    symbol(END_OF_BLOCK);
    if (!last) {
      out.put(0, 3); // a block of bytes as they are
      out.align();
      out.put(0xFFFF_0000L, 32); // of none
    }
    out.align();
  }

  /** Four bytes in four tables: adding to the same number again would wait for the last time. */
  private void count(byte[] data, int length) {
    Arrays.fill(frequencies, 0);
    int[] counts = new int[4 * LITERALS];
    frequencies[END_OF_BLOCK] = 1;
    int words = length & -WORD;
    int at = 0;
    while (at < words) {
      long word = (long) BitSink.LONG.get(data, at);
      if (word == 0 && at > 0 && data[at - 1] == 0) {
        int run = run(data, at, words);
        frequencies[RUN_SYMBOL[run]]++;
        at += WORD << run;
        continue;
      }
      counts[(int) word & 0xFF]++;
      counts[256 | (int) (word >>> 8) & 0xFF]++;
      counts[512 | (int) (word >>> 16) & 0xFF]++;
      counts[768 | (int) (word >>> 24) & 0xFF]++;
      counts[(int) (word >>> 32) & 0xFF]++;
      counts[256 | (int) (word >>> 40) & 0xFF]++;
      counts[512 | (int) (word >>> 48) & 0xFF]++;
      counts[768 | (int) (word >>> 56)]++;
      at += WORD;
    }
    for (; at < length; at++) {
      counts[data[at] & 0xFF]++;
    }
    for (int i = 0; i < LITERALS; i++) {
      frequencies[i] += counts[i] + counts[256 | i] + counts[512 | i] + counts[768 | i];
    }
  }

  /** The binary logarithm of how many zero words to take as one run from here. */
  private static int run(byte[] data, int from, int words) {
    int limit = Math.min(words, from + (WORD << (RUN_SYMBOL.length - 1)));
    int end = from + WORD;
    while (end < limit && (long) BitSink.LONG.get(data, end) == 0) {
      end += WORD;
    }
    return 31 - Integer.numberOfLeadingZeros((end - from) / WORD);
  }

  /** Lengths of all symbols' codes, one by one, and one distance of one bit. */
  private void header(HuffmanCode code) {
    int[] used = new int[LENGTH_ORDER.length];
    used[1] = 1; // of the distance
    for (int length : code.lengths()) {
      used[length]++;
    }
    HuffmanCode lengths = HuffmanCode.of(used, MAX_LENGTH_BITS);
    out.put(SYMBOLS - 257, 5);
    out.put(0, 5);
    out.put(LENGTH_ORDER.length - 4, 4);
    for (int symbol : LENGTH_ORDER) {
      out.put(lengths.lengths()[symbol], 3);
    }
    for (int length : code.lengths()) {
      out.put(lengths.codes()[length], lengths.lengths()[length]);
    }
    out.put(lengths.codes()[1], lengths.lengths()[1]);
  }

  private void data(byte[] data, int length) {
    int words = length & -WORD;
    int at = 0;
    while (at < words) {
      long word = (long) BitSink.LONG.get(data, at);
      if (word == 0 && at > 0 && data[at - 1] == 0) {
        int run = run(data, at, words);
        symbol(RUN_SYMBOL[run]);
        out.put(RUN_EXTRA[run], RUN_EXTRA_BITS[run]);
        out.put(0, 1); // the distance
        at += WORD << run;
      } else {
        at = literals(data, at, words);
      }
    }
    for (; at < length; at++) {
      symbol(data[at] & 0xFF);
    }
  }

  /**
   * Appends words as literals, one at least, up to the next zero word, and returns where it is.
   *
   * <p>Codes are shifted down by the length of the one that comes above them: a shift regards an
   * operand's lowest six bits alone. The lengths that come down with them are cut off in the end.
   */
  private int literals(byte[] data, int from, int words) {
    byte[] bytes = out.bytes;
    int position = out.position;
    long bits = out.bits;
    int count = out.count;
    long[] codes = this.codes;
    int at = from;
    long word = (long) BitSink.LONG.get(data, at);
    do {
      for (int half = 0; half < 2; half++) {
        int four = (int) (word >>> (32 * half));
        long first = codes[four & 0xFF];
        long second = codes[four >>> 8 & 0xFF];
        long third = codes[four >>> 16 & 0xFF];
        long fourth = codes[four >>> 24];
        long joined = ((first >>> second | second) >>> third | third) >>> fourth | fourth;
        int length = (int) (first + second + third + fourth) & 0x3F;
        bits |= (joined >>> -length) << count;
        count += length;
        BitSink.LONG.set(bytes, position, bits);
        position += count >>> 3;
        bits >>>= count & 0x38;
        count &= 7;
      }
      at += WORD;
      if (at >= words) {
        break;
      }
      word = (long) BitSink.LONG.get(data, at);
    } while (word != 0);
    out.position = position;
    out.bits = bits;
    out.count = count;
    return at;
  }

  private void symbol(int symbol) {
    int length = (int) codes[symbol] & 0x3F;
    out.put(codes[symbol] >>> -length, length);
  }
}
