package dev.heliograph.imaging;

import dev.heliograph.pipeline.UnreadableImageException;
import java.nio.charset.StandardCharsets;

/**
 * A file's bytes with numbers read at an offset. Reading past the end means that the file is cut
 * short, and is said so.
 */
final class Bytes {
  private final byte[] array;
  private final String format;
  private final boolean littleEndian;

  Bytes(byte[] array, String format, boolean littleEndian) {
    this.array = array;
    this.format = format;
    this.littleEndian = littleEndian;
  }

  byte[] array() {
    return array;
  }

  int length() {
    return array.length;
  }

  int u8(long at) {
    require(at, 1);
    return array[(int) at] & 0xFF;
  }

  int u16(long at) {
    require(at, 2);
    int i = (int) at;
    int first = array[i] & 0xFF;
    int second = array[i + 1] & 0xFF;
    return littleEndian ? second << 8 | first : first << 8 | second;
  }

  int u24(long at) {
    return littleEndian ? u8(at + 2) << 16 | u16(at) : u8(at) << 16 | u16(at + 1);
  }

  long u32(long at) {
    require(at, 4);
    long first = u16(at);
    long second = u16(at + 2);
    return littleEndian ? second << 16 | first : first << 16 | second;
  }

  int s32(long at) {
    return (int) u32(at);
  }

  boolean hasAscii(int at, String text) {
    byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
    if (at < 0 || at + expected.length > array.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (array[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Fails unless the file holds this many bytes from there on. */
  void require(long at, long count) {
    if (at < 0 || count < 0 || at > array.length - count) {
      throw unreadable("is cut short: " + array.length + " bytes, more are needed");
    }
  }

  /** The exception to throw; the message begins with the format's name. */
  UnreadableImageException unreadable(String what) {
    return UnreadableImageException.unreadable(format + " image " + what, null);
  }
}
