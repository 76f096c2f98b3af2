package dev.heliograph.audit;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A log in memory; tests may change {@link #files} behind its back. */
class MemoryLogStore implements LogStore {
  final Map<String, byte[]> files = new TreeMap<>();

  @Override
  public synchronized Optional<byte[]> get(String path, int maxBytes) throws IOException {
    return Optional.ofNullable(files.get(path))
        .map(bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, maxBytes)));
  }

  @Override
  public synchronized boolean putIfAbsent(String path, byte[] bytes) throws IOException {
    return files.putIfAbsent(path, bytes.clone()) == null;
  }

  @Override
  public synchronized boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint)
      throws IOException {
    if (!Arrays.equals(files.get("checkpoint"), expected.orElse(null))) {
      return false;
    }
    files.put("checkpoint", checkpoint.clone());
    return true;
  }

  MemoryLogStore copy() {
    MemoryLogStore copy = new MemoryLogStore();
    copy.files.putAll(files);
    return copy;
  }
}
