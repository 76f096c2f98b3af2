package dev.heliograph.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of one JPEG scan, up to the next marker. Running out of bits means that the scan is cut
 * short; a decoder would go on with zeros and a warning.
 */
final class JpegBits {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** The symbol of a run of zeros that more coefficients follow. */
  static final int SIXTEEN_ZEROS = 0xF0;

  private final Bytes in;
  private final byte[] data;

  /** The next byte to take in; at a marker it stays on the 0xFF. */
  private int at;

  /** The highest {@link #count} bits are yet to be used; all below are 0. */
  private long bits;

  private int count;

  JpegBits(Bytes in, int at) {
    this.in = in;
    this.data = in.array();
    this.at = at;
  }

  /** Where to look for the marker that ends the scan. */
  int position() {
    return at;
  }

  /** Uses up one code and the extra bits that its symbol asks for, and returns the symbol. */
  int symbol(JpegHuffmanTable table) {
    int entry = entry(table);
    use(entry >> 8);
    return entry & 0xFF;
  }

  /** As {@link #symbol}, and returns both the {@link #symbol(int)} and the {@link #value}. */
  int coefficient(JpegHuffmanTable table) {
    int entry = entry(table);
    int used = entry >> 8;
    int extra = entry & 15;
    int value = (int) (bits >>> (64 - used)) & ((1 << extra) - 1);
    // A first bit of 0 means a negative number.
    boolean negative = extra > 0 && value >> (extra - 1) == 0;
    use(used);
    return (negative ? value - (1 << extra) + 1 : value) << 8 | entry & 0xFF;
  }

  static int symbol(int coefficient) {
    return coefficient & 0xFF;
  }

  /** In steps of the quantisation. */
  static int value(int coefficient) {
    return coefficient >> 8;
  }

  private int entry(JpegHuffmanTable table) {
    if (count < 32) {
      fill();
    }
    int entry = table.entry((int) (bits >>> 48));
    if (entry >> 8 > count) {
      throw noCode(entry);
    }
    return entry;
  }

  private void use(int used) {
    bits <<= used;
    count -= used;
  }

  /**
   * Uses up the AC coefficients of one block, as many symbols as {@link #symbol} would take one by
   * one. Most of a file is read here, with the bits kept in local variables.
   */
  void coefficients(JpegHuffmanTable table) {
    int[] runs = table.runs();
    long ahead = bits;
    int left = count;
    for (int k = 1; k < JpegBlocks.COEFFICIENTS; ) {
      if (left < 32) {
        bits = ahead;
        count = left;
        fill();
        ahead = bits;
        left = count;
      }
      int run = runs[(int) (ahead >>> (Long.SIZE - JpegHuffmanTable.RUN_BITS))];
      int past = run & 0xFF;
      // A coefficient may be the block's last, and what follows is another's: that is seen below.
      if (run != 0 && k + past < JpegBlocks.COEFFICIENTS && left >= JpegHuffmanTable.RUN_BITS) {
        ahead <<= run >> 16;
        left -= run >> 16;
        k += past;
        if ((run & JpegHuffmanTable.END_OF_BLOCK) != 0) {
          break;
        }
        continue;
      }
      int entry = table.entry((int) (ahead >>> 48));
      int used = entry >> 8;
      if (used > left) {
        throw noCode(entry);
      }
      ahead <<= used;
      left -= used;
      int symbol = entry & 0xFF;
      if (endsBlock(symbol)) {
        break;
      }
      k += (symbol >> 4) + 1;
      if (k > JpegBlocks.COEFFICIENTS && symbol != SIXTEEN_ZEROS) {
        throw in.unreadable("is corrupt: a block of more than 64 coefficients");
      }
    }
    bits = ahead;
    count = left;
  }

  /** Of an AC coefficient's symbol: whether the rest of the block is zero. */
  static boolean endsBlock(int symbol) {
    return (symbol & 15) == 0 && symbol != SIXTEEN_ZEROS;
  }

  /** The next bits as a number; at most 16. */
  int take(int wanted) {
    int value = (int) (bits >>> 1 >>> (63 - wanted));
    if (wanted > count) {
      fill();
      if (wanted > count) {
        throw cutShort();
      }
      value = (int) (bits >>> 1 >>> (63 - wanted));
    }
    bits <<= wanted;
    count -= wanted;
    return value;
  }

  /** Uses up any number of bits. */
  void skip(int wanted) {
    for (int left = wanted; left > 0; left -= 16) {
      take(Math.min(left, 16));
    }
  }

  /** Goes past the restart marker that must come now. */
  void restart(int marker) {
    bits = 0;
    count = 0;
    at = JpegFile.nextMarker(in, at);
    if (in.u8(at) != marker) {
      throw in.unreadable("is corrupt: a restart marker is missing at byte " + at);
    }
    at++;
  }

  private void fill() {
    if (count <= 32 && at + 4 <= data.length) {
      int word = (int) INT.get(data, at);
      if ((~word - 0x01010101 & word & 0x80808080) == 0) { // no byte is 0xFF
        bits |= (word & 0xFFFFFFFFL) << (32 - count);
        count += 32;
        at += 4;
        return;
      }
    }
    while (count <= 56 && at < data.length) {
      int next = data[at] & 0xFF;
      if (next == 0xFF) {
        if (at + 1 >= data.length || data[at + 1] != 0) {
          return;
        }
        at++; // a zero is stuffed behind a data byte 0xFF
      }
      at++;
      bits |= (long) next << (56 - count);
      count += 8;
    }
  }

  private RuntimeException noCode(int entry) {
    return entry == JpegHuffmanTable.NO_CODE && count >= JpegHuffmanTable.MAX_BITS
        ? in.unreadable("is corrupt: no Huffman code before byte " + at)
        : cutShort();
  }

  private RuntimeException cutShort() {
    return in.unreadable("is cut short: its scan ends early, at byte " + at);
  }
}
