package dev.heliograph.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log as an auditor reads it: its files, and the keys that may sign its checkpoints.
 *
 * @param keys of one or more logs, each a "vkey"; old ones too
 */
public record LogView(LogStore store, List<NoteVerifier> keys) {
  private static final Pattern POSITION =
      Pattern.compile("(0|[1-9][0-9]{0,17}) ([1-9][0-9]{0,17})\n");

  public LogView {
    keys = List.copyOf(keys);
  }

  /**
   * Where a record is.
   *
   * @param sealedSize size of the first checkpoint that covers it; empty if unknown
   */
  record Position(long index, Optional<Long> sealedSize) {}

  /**
   * The current checkpoint.
   *
   * @throws LogCorruptException if there is none, or none that the keys signed
   */
  public Checkpoint checkpoint() throws IOException {
    byte[] bytes =
        store
            .get(LogFiles.CHECKPOINT, LogFiles.MAX_CHECKPOINT_BYTES)
            .orElseThrow(() -> new LogCorruptException(LogFiles.CHECKPOINT, "is missing"));
    return open(LogFiles.CHECKPOINT, bytes);
  }

  /** A checkpoint that was kept when the log had this size. */
  Optional<Checkpoint> kept(long size) throws IOException {
    String path = LogFiles.history(size);
    Optional<byte[]> bytes = store.get(path, LogFiles.MAX_CHECKPOINT_BYTES);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(open(path, bytes.get()));
  }

  /**
   * Reads a checkpoint that an auditor has kept.
   *
   * @throws LogCorruptException if it is none that the keys signed
   */
  public Checkpoint open(String name, byte[] bytes) throws IOException {
    try {
      return Checkpoint.open(name, bytes, keys);
    } catch (Checkpoint.UntrustedException | AuditFormatException e) {
      throw new LogCorruptException(name, withoutName(name, e.getMessage()));
    }
  }

  private static String withoutName(String name, String message) {
    return message.startsWith(name + ": ") ? message.substring(name.length() + 2) : message;
  }

  /**
   * Where the log has this record: by the index, or where that is missing by reading all entries.
   * What the index says is only a hint: the entry there is compared.
   */
  Optional<Position> find(String sha256, LogTiles tiles) throws IOException {
    Optional<byte[]> indexed = store.get(LogFiles.index(sha256), LogFiles.MAX_INDEX_BYTES);
    if (indexed.isPresent()) {
      Matcher position = POSITION.matcher(new String(indexed.get(), StandardCharsets.US_ASCII));
      if (position.matches()) {
        long index = Long.parseLong(position.group(1));
        if (index < tiles.size() && entry(tiles.entry(index), index).sha256().equals(sha256)) {
          return Optional.of(new Position(index, Optional.of(Long.parseLong(position.group(2)))));
        }
      }
    }
    return scan(sha256, tiles);
  }

  private static Optional<Position> scan(String sha256, LogTiles tiles) throws IOException {
    return first(entry -> entry.sha256().equals(sha256), tiles)
        .map(index -> new Position(index, Optional.empty()));
  }

  /** The first entry of a query; reads entries until it is found. */
  Optional<Long> findQuery(String queryId, LogTiles tiles) throws IOException {
    return first(entry -> entry.queryId().equals(queryId), tiles);
  }

  /**
   * The records of a query that the log has, oldest first; reads all entries.
   *
   * @throws LogCorruptException if the log contradicts itself
   */
  public List<LogEntry> records(String queryId) throws IOException {
    Checkpoint checkpoint = checkpoint();
    LogTiles tiles = LogTiles.open(store, checkpoint.size(), checkpoint.root());
    List<LogEntry> found = new ArrayList<>();
    for (long bundle = 0; bundle * Tile.FULL < tiles.size(); bundle++) {
      long index = bundle * Tile.FULL;
      for (byte[] bytes : tiles.entries(bundle)) {
        LogEntry entry = entry(bytes, index++);
        if (entry.queryId().equals(queryId)) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  private static Optional<Long> first(Predicate<LogEntry> wanted, LogTiles tiles)
      throws IOException {
    for (long bundle = 0; bundle * Tile.FULL < tiles.size(); bundle++) {
      List<byte[]> entries = tiles.entries(bundle);
      for (int i = 0; i < entries.size(); i++) {
        long index = bundle * Tile.FULL + i;
        if (wanted.test(entry(entries.get(i), index))) {
          return Optional.of(index);
        }
      }
    }
    return Optional.empty();
  }

  static LogEntry entry(byte[] bytes, long index) throws LogCorruptException {
    String name = "log entry " + index;
    try {
      return LogEntry.parse(name, bytes);
    } catch (AuditFormatException e) {
      throw new LogCorruptException(name, withoutName(name, e.getMessage()));
    }
  }
}
