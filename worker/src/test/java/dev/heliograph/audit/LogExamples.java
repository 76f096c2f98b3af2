package dev.heliograph.audit;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logs for tests, and records to put into them. */
final class LogExamples {
  static final String ORIGIN = "heliograph.example/audit";

  private LogExamples() {}

  static LogEntry entry(int number) {
    String id = "q" + number;
    return LogEntry.of(
        id,
        URI.create("s3://artifacts/" + id + "/attestation.json"),
        ("record " + number).getBytes(StandardCharsets.UTF_8));
  }

  static List<LogEntry> entries(int from, int to) {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      entries.add(entry(i));
    }
    return entries;
  }

  static Sealer sealer(LogStore store) {
    return new Sealer(store, ORIGIN, AuditExamples.key(), List.of());
  }

  static LogView view(LogStore store) {
    return new LogView(store, List.of(new NoteVerifier(ORIGIN, AuditExamples.key().publicKey())));
  }

  /** Seals all of the entries, in batches of up to the sealer's size. */
  static Optional<Checkpoint> seal(LogStore store, List<LogEntry> entries) throws IOException {
    return drain(sealer(store), new Queue(entries));
  }

  static Optional<Checkpoint> drain(Sealer sealer, Queue queue) throws IOException {
    Optional<Checkpoint> checkpoint = sealer.seal(queue);
    while (!queue.waiting.isEmpty()) {
      checkpoint = sealer.seal(queue);
    }
    return checkpoint;
  }

  static LogTiles tiles(LogStore store) throws IOException {
    Checkpoint checkpoint = view(store).checkpoint().orElseThrow();
    return LogTiles.open(store, checkpoint.size(), checkpoint.root());
  }

  /** Every entry of a log, checked against its tree. */
  static List<LogEntry> read(LogStore store) throws IOException {
    LogTiles tiles = tiles(store);
    List<LogEntry> entries = new ArrayList<>();
    for (long bundle = 0; bundle * Tile.FULL < tiles.size(); bundle++) {
      for (byte[] entry : tiles.entries(bundle)) {
        entries.add(LogView.entry(entry, entries.size()));
      }
    }
    return entries;
  }

  /** Records that wait in memory. */
  static final class Queue implements PendingRecords {
    final ArrayDeque<LogEntry> waiting;

    Queue(List<LogEntry> entries) {
      this.waiting = new ArrayDeque<>(entries);
    }

    @Override
    public List<LogEntry> next(int limit) {
      return waiting.stream().limit(limit).toList();
    }

    @Override
    public void sealed(List<LogEntry> records) {
      waiting.removeAll(records);
    }
  }
}
