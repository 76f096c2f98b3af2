package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** The names of a gallery by row, mapped: a million take four megabytes of heap. Thread-safe. */
final class NameTable {
  private final ByteBuffer bytes;
  private final int[] ends;

  private NameTable(ByteBuffer bytes, int[] ends) {
    this.bytes = bytes;
    this.ends = ends;
  }

  /**
   * @throws GalleryException if there are not exactly {@code size} names with this digest
   */
  static NameTable open(Path file, int size, String sha256) throws IOException {
    ByteBuffer bytes = map(file);
    MessageDigest digest = Sha256.newDigest();
    digest.update(bytes.duplicate());
    String found = Sha256.hex(digest.digest());
    if (!found.equals(sha256)) {
      throw new GalleryException(
          file + ": has sha256 " + found + ", its manifest states " + sha256);
    }
    return new NameTable(bytes, ends(file, bytes, size));
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new GalleryException(file + ": is over 2 GiB");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private static int[] ends(Path file, ByteBuffer bytes, int size) {
    // The smallest name takes two bytes: a size beyond that is not worth an array.
    int[] ends = new int[Math.min(size, bytes.limit() / 2)];
    int count = 0;
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) == '\n') {
        if (count < ends.length) {
          ends[count] = i;
        }
        count++;
      }
    }
    boolean endsWithLineFeed = bytes.limit() > 0 && bytes.get(bytes.limit() - 1) == '\n';
    if (count != size || count != ends.length || !endsWithLineFeed) {
      throw new GalleryException(file + ": has " + count + " names, its manifest states " + size);
    }
    return ends;
  }

  String get(int index) {
    int start = index == 0 ? 0 : ends[index - 1] + 1;
    byte[] name = new byte[ends[index] - start];
    bytes.get(start, name);
    return new String(name, UTF_8);
  }
}
