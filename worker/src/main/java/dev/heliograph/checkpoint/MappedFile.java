package dev.heliograph.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A read-only memory-mapped file. One mapping serves a file of up to 2 GiB; each slice of a larger
 * one is a mapping of its own. Mappings end when their last buffer is unreachable.
 */
final class MappedFile implements ByteSource {
  private final Path file;
  private final long size;
  private final @Nullable Object identity;
  private final @Nullable ByteBuffer whole;

  private MappedFile(Path file, long size, @Nullable Object identity, @Nullable ByteBuffer whole) {
    this.file = file;
    this.size = size;
    this.identity = identity;
    this.whole = whole;
  }

  /**
   * @throws CheckpointException if there is no such file, or it cannot be read
   */
  static MappedFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file + (Files.exists(file) ? ": is not a regular file" : ": no such file"));
    }
    try {
      Object identity = identity(file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        ByteBuffer whole =
            size <= Integer.MAX_VALUE ? channel.map(FileChannel.MapMode.READ_ONLY, 0, size) : null;
        return new MappedFile(file, size, identity, whole);
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file + ": no such file", e);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    ByteBuffer slice = whole == null ? map(offset, length) : whole.slice((int) offset, length);
    return slice.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Without touching the mapping, whose pages count as the process's memory once touched. So the
   * file is opened again, and must still be the one whose header has been read.
   */
  @Override
  public void read(long offset, ByteBuffer target) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long position = offset;
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          throw new CheckpointException(
              file + ": ends at byte " + position + ", it had " + size + " when it was opened");
        }
        position += count;
      }
      if (!Objects.equals(identity, identity(file))) {
        throw new CheckpointException(file + ": has been replaced since it was opened");
      }
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Tells a file from another one of its name; null where the system cannot. */
  private static @Nullable Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private ByteBuffer map(long offset, int length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be mapped: " + e.getMessage(), e);
    }
  }
}
