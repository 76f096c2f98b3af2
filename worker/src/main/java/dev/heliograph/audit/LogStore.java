package dev.heliograph.audit;

import java.io.IOException;
import java.util.Optional;

/**
 * Where a log's files are: a bucket, a prefix of one, or a folder. Paths are relative, with
 * slashes. When a write returns, every reader finds it. The log's safety against two sealers rests
 * on {@link #putIfAbsent} alone: see {@link Sealer}.
 *
 * <p>Methods throw {@link IOException} if the store cannot be reached; nothing here retries.
 */
public interface LogStore {
  /**
   * An object's bytes, or the first of them.
   *
   * @param maxBytes of a longer object, nothing beyond this is read
   */
  Optional<byte[]> get(String path, int maxBytes) throws IOException;

  /**
   * Stores an object that never changes, whole or not at all; an object that is there stays as it
   * is. Atomic: of two callers at once, one gets true ({@code If-None-Match: *}).
   *
   * @return whether this call stored it
   */
  boolean putIfAbsent(String path, byte[] bytes) throws IOException;

  /**
   * Replaces {@code checkpoint}, the only object that changes, if it still is what the caller read
   * ({@code If-Match}). A store that knows no such condition compares, then puts: a race then may
   * bring an older checkpoint back, which the next sealing moves forward again to the same entries.
   *
   * @param expected empty if there was none
   * @return false if the checkpoint is another
   */
  boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint) throws IOException;
}
