package dev.heliograph.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks a whole log: its checkpoint, every tile and every entry; and, if records are at hand, that
 * each is still there as it was sealed, and genuine; the objects that records name are not looked
 * at. Thread-safe.
 */
public final class LogVerifier {
  /** A log that is broken all over need not be reported entry by entry. */
  private static final int MAX_FINDINGS = 100;

  private final LogView log;

  public LogVerifier(LogView log) {
    this.log = log;
  }

  /**
   * @param earlier a checkpoint that the auditor has kept
   * @param records empty: they are not looked at
   */
  public VerificationReport verify(Optional<byte[]> earlier, Optional<SealedRecords> records) {
    List<Check> checks = new ArrayList<>();
    try {
      Optional<Checkpoint> found = log.checkpoint();
      if (found.isEmpty()) {
        return new VerificationReport(List.of(nothingSealed(earlier)));
      }
      Checkpoint checkpoint = found.get();
      LogTiles tiles = log.tiles(checkpoint);
      checks.add(
          new Check(
              Check.Kind.LOG,
              LogFiles.CHECKPOINT,
              Verdict.VERIFIED,
              "signs " + checkpoint.size() + " entries of " + checkpoint.origin()));
      ConsistencyCheck consistency = new ConsistencyCheck(log, checkpoint, tiles);
      if (earlier.isPresent()) {
        checks.add(consistency.withEarlier(earlier, OptionalLong.empty()));
      }
      consistency.withLater(OptionalLong.empty()).ifPresent(checks::add);
      checkBundles(tiles, records, checks);
    } catch (IOException e) {
      checks.add(RecordVerifier.unreadable(Check.Kind.LOG, LogFiles.CHECKPOINT, e));
    }
    return new VerificationReport(checks);
  }

  private Check nothingSealed(Optional<byte[]> earlier) throws IOException {
    return earlier.isPresent()
        ? ConsistencyCheck.gone(log.open(ConsistencyCheck.EARLIER, earlier.get()))
        : new Check(
            Check.Kind.LOG,
            LogFiles.CHECKPOINT,
            Verdict.COULD_NOT_CHECK,
            "is not there yet: nothing is sealed");
  }

  private static void checkBundles(
      LogTiles tiles, Optional<SealedRecords> records, List<Check> checks) {
    int before = checks.size();
    long bundle = 0;
    for (; bundle * Tile.FULL < tiles.size() && checks.size() < MAX_FINDINGS; bundle++) {
      try {
        List<byte[]> entries = tiles.entries(bundle);
        for (int i = 0; i < entries.size() && checks.size() < MAX_FINDINGS; i++) {
          LogEntry entry = LogView.entry(entries.get(i), bundle * Tile.FULL + i);
          records.flatMap(found -> found.check(entry)).ifPresent(checks::add);
        }
      } catch (IOException e) {
        checks.add(
            RecordVerifier.unreadable(
                Check.Kind.LOG, Tile.at(0, bundle, tiles.size()).entriesPath(), e));
      }
    }
    if (checks.size() == before) {
      String what = records.isPresent() ? "tiles, entries and records" : "tiles and entries";
      checks.add(
          new Check(
              Check.Kind.LOG,
              "tile/",
              Verdict.VERIFIED,
              "all " + what + " are as they were sealed"));
    } else if (bundle * Tile.FULL < tiles.size()) {
      checks.add(
          new Check(
              Check.Kind.LOG,
              "tile/",
              Verdict.COULD_NOT_CHECK,
              "not looked at beyond entry " + bundle * Tile.FULL + ": too much is wrong"));
    }
    records.flatMap(SealedRecords::unvouched).ifPresent(checks::add);
  }
}
