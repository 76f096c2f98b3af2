package dev.heliograph.store;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Artifacts as files below a folder, for one query on the command line. Thread-safe; a file appears
 * whole or not at all (written beside its place, then renamed). Uri and url are both {@code file:}.
 * The media type is in the {@link Artifact} alone: a file system keeps none.
 */
public final class FolderObjectStore implements ObjectStore {
  /** The JDK copies what it writes, and keeps a buffer of that size for each thread. */
  private static final int WRITTEN_AT_ONCE = 1 << 18;

  private final Path root;

  /**
   * @param root created, with its parents, if it is absent
   * @throws QueryFailedException with STORE_UNAVAILABLE if it cannot be created
   */
  public FolderObjectStore(Path root) {
    try {
      this.root = Files.createDirectories(root).toRealPath();
    } catch (IOException e) {
      throw unavailable(root, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key could name a file outside of the folder, or is not
   *     of {@code [A-Za-z0-9._-]} segments
   */
  @Override
  public Artifact put(String key, EncodedObject object) {
    Path file = root.resolve(ObjectKeys.requireSafe(key));
    DigestedObject digested = DigestedObject.of(object);
    try {
      requireInside(file.getParent(), key);
      Files.createDirectories(file.getParent());
      // Not createTempFile: its files are readable by their owner alone, and stay so.
      Path part = file.resolveSibling("." + UUID.randomUUID() + ".part");
      try {
        write(part, object);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw unavailable(file, e);
    }
    URI uri = file.toUri();
    return digested.at(uri, uri);
  }

  private static void write(Path file, EncodedObject object) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int at = 0; at < object.length(); at += WRITTEN_AT_ONCE) {
        int count = Math.min(WRITTEN_AT_ONCE, object.length() - at);
        ByteBuffer part = ByteBuffer.wrap(object.array(), at, count);
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
    }
  }

  @Override
  public void close() {}

  /** The key's text cannot leave the folder, but a link in the folder can. */
  private void requireInside(Path folder, String key) throws IOException {
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!existing.toRealPath().startsWith(root)) {
      throw new IllegalArgumentException(
          "object key: \"" + key + "\" leads through a link out of " + root);
    }
  }

  private static QueryFailedException unavailable(Path path, IOException cause) {
    return new QueryFailedException(
        FailureCode.STORE_UNAVAILABLE, path + ": cannot be written: " + cause, cause);
  }
}
