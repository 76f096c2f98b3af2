package dev.heliograph.store;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads whole streams into memory, never more than a limit, whatever size was announced. */
final class BoundedReader {
  private static final int FIRST_BUFFER = 64 * 1024;

  private BoundedReader() {}

  /**
   * @param announced length that the stream should have, or -1 if that is not known
   * @param name of what is read, for messages
   * @throws ImageSourceException with TOO_LARGE, before reading if the announced length says so
   * @throws EOFException if the stream ends before its announced length
   */
  static byte[] read(InputStream stream, long announced, long maxBytes, String name)
      throws IOException {
    int limit = (int) Math.min(maxBytes, Integer.MAX_VALUE - 8);
    if (announced > limit) {
      throw tooLarge(name, announced + " bytes", limit);
    }
    byte[] bytes = new byte[announced >= 0 ? (int) announced : Math.min(limit, FIRST_BUFFER)];
    int length = stream.readNBytes(bytes, 0, bytes.length);
    while (length == bytes.length) {
      int next = stream.read();
      if (next < 0) {
        break;
      }
      if (length == limit) {
        throw tooLarge(name, "more than that", limit);
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(FIRST_BUFFER, 2L * length)));
      bytes[length] = (byte) next;
      length += 1 + stream.readNBytes(bytes, length + 1, bytes.length - length - 1);
    }
    if (length < announced) {
      throw new EOFException("ended after " + length + " of " + announced + " bytes");
    }
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static ImageSourceException tooLarge(String name, String found, long limit) {
    return new ImageSourceException(
        Reason.TOO_LARGE, name + ": " + found + ", the limit is " + limit + " bytes");
  }
}
