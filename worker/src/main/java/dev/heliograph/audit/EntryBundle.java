package dev.heliograph.audit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Entries one after the other, each after its length in 16 bits, big-endian (tlog-tiles). */
final class EntryBundle {
  /** 256 entries of the longest kind. */
  static final int MAX_BYTES = Tile.FULL * (2 + LogEntry.MAX_BYTES);

  private EntryBundle() {}

  static byte[] write(List<byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      if (entry.length > LogEntry.MAX_BYTES) {
        throw new IllegalArgumentException("a log entry of " + entry.length + " bytes");
      }
      out.write(entry.length >> 8);
      out.write(entry.length);
      out.writeBytes(entry);
    }
    return out.toByteArray();
  }

  /**
   * @param name of the bundle, for messages
   * @param maxEntries an empty entry takes two bytes here, and many more once it is read
   */
  static List<byte[]> parse(String name, byte[] bytes, int maxEntries) {
    List<byte[]> entries = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      if (entries.size() == maxEntries) {
        throw new AuditFormatException(name + ": has more than " + maxEntries + " entries");
      }
      int length = in.remaining() < 2 ? Integer.MAX_VALUE : in.getShort() & 0xffff;
      if (in.remaining() < length) {
        throw new AuditFormatException(name + ": ends within entry " + entries.size());
      }
      byte[] entry = new byte[length];
      in.get(entry);
      entries.add(entry);
    }
    return entries;
  }
}
