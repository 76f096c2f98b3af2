package dev.heliograph.imaging;

/**
 * A canonical JPEG Huffman code. A code's entry is {@code used << 8 | symbol}, where the bits used
 * are those of the code and the extra ones that follow it: the symbol's low four bits count them.
 */
final class JpegHuffmanTable {
  /** How many bits a run of {@link #runs} is looked up by. */
  static final int RUN_BITS = 12;

  /** In a run: whether the block ends with it. */
  static final int END_OF_BLOCK = 1 << 8;

  /** Codes up to here are found in one step: all but the rare ones. */
  private static final int QUICK_BITS = 9;

  static final int MAX_BITS = 16;

  /** The entry of bits that begin no code: uses more than there ever are. */
  static final int NO_CODE = 255 << 8;

  /** By leading bits; 0 where a longer code begins, or none. */
  private final int[] quick = new int[1 << QUICK_BITS];

  /** By length: one past the last code, as the leading bits of 16; below it, codes are known. */
  private final int[] limit = new int[MAX_BITS + 1];

  /** By length: what leads from a code to its symbol's index. */
  private final int[] offset = new int[MAX_BITS + 1];

  private final byte[] symbols;

  /** Empty until they are asked for: a file may be full of tables that no scan uses. */
  private int[] runs = {};

  /**
   * @param counts where the 16 numbers of codes by length begin; the symbols follow
   */
  JpegHuffmanTable(Bytes in, int counts) {
    int total = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      total += in.u8(counts + bits - 1L);
    }
    if (total > 256) {
      throw in.unreadable("is corrupt: a Huffman table of " + total + " codes");
    }
    in.require(counts + MAX_BITS, total);
    symbols = new byte[total];
    System.arraycopy(in.array(), counts + MAX_BITS, symbols, 0, total);
    int code = 0;
    int index = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      offset[bits] = index - code;
      int count = in.u8(counts + bits - 1L);
      if (code + count > 1 << bits) {
        throw in.unreadable("is corrupt: a Huffman table with too many codes of " + bits + " bits");
      }
      for (int i = 0; i < count; i++, code++, index++) {
        if (bits <= QUICK_BITS) {
          int first = code << (QUICK_BITS - bits);
          for (int j = 0; j < 1 << (QUICK_BITS - bits); j++) {
            quick[first + j] = entry(bits, index);
          }
        }
      }
      limit[bits] = code << (MAX_BITS - bits);
      code <<= 1;
    }
  }

  /** How many bytes the table takes in its segment, after the byte that names it. */
  int bytes() {
    return MAX_BITS + symbols.length;
  }

  /** Whether every symbol is a number of bits and nothing else, as those of DC differences are. */
  boolean countsBitsOnly() {
    for (byte symbol : symbols) {
      if ((symbol & 0xF0) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The entry of the code that these 16 bits begin with. */
  int entry(int window) {
    int entry = quick[window >> (MAX_BITS - QUICK_BITS)];
    return entry != 0 ? entry : longEntry(window);
  }

  /**
   * By the next {@link #RUN_BITS} bits: the AC coefficients that lie in them whole, up to the end
   * of a block, as {@code bits used << 16 | END_OF_BLOCK or 0 | coefficients gone past}; 0 if there
   * is none. Most bits are short coefficients, of which several are gone past in one step.
   */
  int[] runs() {
    if (runs.length == 0) {
      runs = new int[1 << RUN_BITS];
      for (int window = 0; window < runs.length; window++) {
        runs[window] = run(window);
      }
    }
    return runs;
  }

  private int run(int window) {
    int used = 0;
    int past = 0;
    while (true) {
      int entry = entry((window << (MAX_BITS - RUN_BITS + used)) & 0xFFFF);
      int bits = entry >> 8;
      if (used + bits > RUN_BITS) {
        return used << 16 | past;
      }
      used += bits;
      int symbol = entry & 0xFF;
      if (JpegBits.endsBlock(symbol)) {
        return used << 16 | END_OF_BLOCK | past;
      }
      past += (symbol >> 4) + 1;
    }
  }

  private int longEntry(int window) {
    for (int bits = QUICK_BITS + 1; bits <= MAX_BITS; bits++) {
      if (window < limit[bits]) {
        return entry(bits, (window >> (MAX_BITS - bits)) + offset[bits]);
      }
    }
    return NO_CODE;
  }

  private int entry(int bits, int index) {
    int symbol = symbols[index] & 0xFF;
    return ((bits + (symbol & 15)) << 8) | symbol;
  }
}
