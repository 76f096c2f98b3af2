package dev.heliograph.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * A log in a folder: one that was downloaded, or a small deployment's own. Writers in any number of
 * processes of a machine exclude each other by a lock on the file {@code .lock}, which the first
 * write makes; reading needs no lock, and no right to write. Files appear whole, by renaming.
 */
public final class FolderLogStore implements LogStore {
  /** File locks belong to the whole JVM; this one excludes its threads. */
  private static final Object JVM_LOCK = new Object();

  private final Path folder;

  public FolderLogStore(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  @Override
  public Optional<byte[]> get(String path, int maxBytes) throws IOException {
    Path file = resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(maxBytes));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean putIfAbsent(String path, byte[] bytes) throws IOException {
    Path file = resolve(path);
    synchronized (JVM_LOCK) {
      // Closing the channel gives the lock back.
      try (FileChannel channel = lockFile()) {
        channel.lock();
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          return false;
        }
        write(file, bytes);
        return true;
      }
    }
  }

  @Override
  public boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint)
      throws IOException {
    Path file = resolve(LogFiles.CHECKPOINT);
    synchronized (JVM_LOCK) {
      // Closing the channel gives the lock back.
      try (FileChannel channel = lockFile()) {
        channel.lock();
        Optional<byte[]> current = get(LogFiles.CHECKPOINT, LogFiles.MAX_CHECKPOINT_BYTES);
        boolean unchanged =
            current.isPresent() == expected.isPresent()
                && Arrays.equals(current.orElse(new byte[0]), expected.orElse(new byte[0]));
        if (unchanged) {
          write(file, checkpoint);
        }
        return unchanged;
      }
    }
  }

  private FileChannel lockFile() throws IOException {
    Files.createDirectories(folder);
    return FileChannel.open(
        folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path parent = file.getParent();
    Files.createDirectories(parent);
    Path temporary = Files.createTempFile(parent, ".new", "");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path resolve(String path) throws IOException {
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder) || file.equals(folder)) {
      throw new IOException(path + ": leads out of the log's folder");
    }
    return file;
  }
}
