package dev.heliograph.gallery;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** A new file whose digest is known when it is complete. */
final class DigestedFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final MessageDigest digest = Sha256.newDigest();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private long length;

  /**
   * @param file is overwritten
   */
  DigestedFile(Path file) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  void write(ByteBuffer bytes) throws IOException {
    length += bytes.remaining();
    while (bytes.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(buffer.remaining(), bytes.remaining());
      buffer.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
  }

  /** Appends a file. */
  void write(Path file) throws IOException {
    flush();
    try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
      while (source.read(buffer) >= 0) {
        length += buffer.position();
        flush();
      }
    }
  }

  long length() {
    return length;
  }

  private void flush() throws IOException {
    buffer.flip();
    digest.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Syncs the file; nothing is written to it afterwards. */
  String finish() throws IOException {
    flush();
    channel.force(true);
    return Sha256.hex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
