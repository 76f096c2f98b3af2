package dev.heliograph.imaging;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The frame of a PNG's chunk: length and type before its data, a checksum behind them. */
final class PngChunk {
  private static final int FRAME = 12;

  private PngChunk() {}

  /** Begins a chunk of a few bytes, or of what is reserved later. Returns where it begins. */
  static int begin(BitSink out, String type) {
    out.reserve(1024);
    int start = out.position;
    out.putInt(0); // the length is still to come
    for (byte letter : type.getBytes(StandardCharsets.US_ASCII)) {
      out.put(letter, 8);
    }
    return start;
  }

  static void end(BitSink out, int start) {
    int length = out.position - start - 2 * Integer.BYTES;
    for (int i = 0; i < Integer.BYTES; i++) {
      out.bytes[start + i] = (byte) (length >>> (24 - 8 * i));
    }
    CRC32 crc = new CRC32();
    crc.update(out.bytes, start + Integer.BYTES, length + Integer.BYTES);
    out.reserve(FRAME);
    out.putInt((int) crc.getValue());
  }
}
