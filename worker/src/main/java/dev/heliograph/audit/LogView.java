package dev.heliograph.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
  record Position(long index, OptionalLong sealedSize) {}

  /**
   * The current checkpoint.
   *
   * @return empty if nothing was sealed yet
   * @throws LogCorruptException if it is gone, or none that the keys signed
   */
  public Optional<Checkpoint> checkpoint() throws IOException {
    return checkpoint(OptionalLong.empty());
  }

  /**
   * @param sealedSize the size of a checkpoint that there may have been
   */
  Optional<Checkpoint> checkpoint(OptionalLong sealedSize) throws IOException {
    Optional<byte[]> bytes = published();
    if (bytes.isEmpty()) {
      Optional<String> trace = new LogHistory(this).sealed(sealedSize);
      bytes = published(); // the first may have been published meanwhile
      if (bytes.isEmpty() && trace.isPresent()) {
        throw new LogCorruptException(
            LogFiles.CHECKPOINT, "is missing, though the log was sealed: it has " + trace.get());
      }
    }
    return bytes.isEmpty() ? Optional.empty() : Optional.of(open(LogFiles.CHECKPOINT, bytes.get()));
  }

  private Optional<byte[]> published() throws IOException {
    return store.get(LogFiles.CHECKPOINT, LogFiles.MAX_CHECKPOINT_BYTES);
  }

  /** A checkpoint that was kept when the log had this size. */
  Optional<Checkpoint> kept(long size) throws IOException {
    String path = LogFiles.history(size);
    Optional<byte[]> bytes = store.get(path, LogFiles.MAX_CHECKPOINT_BYTES);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Checkpoint kept = open(path, bytes.get());
    if (kept.size() != size) {
      throw new LogCorruptException(path, "signs " + kept.size() + " entries");
    }
    return Optional.of(kept);
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

  /** What the index says of a record. Nothing signs it: it is a hint where to look. */
  Optional<Position> indexed(String sha256) throws IOException {
    return store
        .get(LogFiles.index(sha256), LogFiles.MAX_INDEX_BYTES)
        .map(bytes -> POSITION.matcher(new String(bytes, StandardCharsets.US_ASCII)))
        .filter(Matcher::matches)
        .map(
            position ->
                new Position(
                    Long.parseLong(position.group(1)),
                    OptionalLong.of(Long.parseLong(position.group(2)))));
  }

  /**
   * Where the log has this record: where the index says, if the entry there is the record's, else
   * by reading all entries.
   */
  Optional<Position> find(String sha256, Optional<Position> indexed, LogTiles tiles)
      throws IOException {
    if (indexed.isPresent()) {
      long index = indexed.get().index();
      if (index < tiles.size() && entry(tiles.entry(index), index).sha256().equals(sha256)) {
        long sealed = indexed.get().sealedSize().orElse(0);
        boolean possible = index < sealed && sealed <= tiles.size();
        return Optional.of(
            new Position(index, possible ? OptionalLong.of(sealed) : OptionalLong.empty()));
      }
    }
    return scan(sha256, tiles);
  }

  private static Optional<Position> scan(String sha256, LogTiles tiles) throws IOException {
    return first(entry -> entry.sha256().equals(sha256), tiles)
        .map(index -> new Position(index, OptionalLong.empty()));
  }

  /**
   * The records of a query that the log has, oldest first; none if nothing was sealed yet. Reads
   * all entries.
   *
   * @throws LogCorruptException if the log contradicts itself
   */
  public List<LogEntry> records(String queryId) throws IOException {
    Optional<Checkpoint> checkpoint = checkpoint();
    if (checkpoint.isEmpty()) {
      return List.of();
    }
    LogTiles tiles = tiles(checkpoint.get());
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

  LogTiles tiles(Checkpoint checkpoint) throws IOException {
    return LogTiles.open(store, checkpoint.size(), checkpoint.root());
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
