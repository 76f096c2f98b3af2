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

  private final Bytes in;
  private final byte[] data;

  /** The next byte to take in; at a marker it stays on the 0xFF. */
  private int at;

  /** The lowest {@link #count} bits are yet to be used. */
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

  /**
   * Uses up one code and the extra bits that its symbol asks for.
   *
   * @param extraMask which bits of the symbol count the extra bits: 15, or 0 for none
   * @return the symbol
   */
  int symbol(JpegHuffmanTable table, int extraMask) {
    if (count < 32) {
      fill();
    }
    int window = (int) (count >= 16 ? bits >>> count - 16 : bits << 16 - count) & 0xFFFF;
    int entry = table.entry(window);
    int symbol = entry & 0xFF;
    int used = (entry >> 8) + (symbol & extraMask);
    if (used > count) {
      throw cutShort();
    }
    if (entry == 0) {
      throw in.unreadable("is corrupt: no Huffman code at byte " + at);
    }
    count -= used;
    return symbol;
  }

  /** The next bits as a number; at most 16. */
  int take(int wanted) {
    if (count < 32) {
      fill();
    }
    if (wanted > count) {
      throw cutShort();
    }
    count -= wanted;
    return (int) (bits >>> count) & (1 << wanted) - 1;
  }

  /** Uses up any number of bits. */
  void skip(int wanted) {
    for (int left = wanted; left > 0; left -= 16) {
      take(Math.min(left, 16));
    }
  }

  /** Goes past the restart marker that must come now. */
  void restart(int marker) {
    count = 0;
    at = JpegFile.nextMarker(in, at);
    if (in.u8(at) != marker) {
      throw in.unreadable("is corrupt: a restart marker is missing at byte " + at);
    }
    at++;
  }

  private void fill() {
    if (at + 4 <= data.length) {
      int word = (int) INT.get(data, at);
      if ((~word - 0x01010101 & word & 0x80808080) == 0) { // no byte is 0xFF
        bits = bits << 32 | word & 0xFFFFFFFFL;
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
      bits = bits << 8 | next;
      count += 8;
    }
  }

  private RuntimeException cutShort() {
    return in.unreadable("is cut short: its scan ends early, at byte " + at);
  }
}
