package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a log has a record, under a signed checkpoint that continues an earlier one. */
final class InclusionCheck {
  private final LogView log;

  InclusionCheck(LogView log) {
    this.log = log;
  }

  /**
   * A record that is looked for.
   *
   * @param queryId whose it says that it is
   * @param sha256 of its bytes
   * @param overdue whether it must have been sealed by now
   * @param genuineLater the query's next record, if there is one: this one's worker can have died
   *     before it published it
   */
  record Wanted(
      RecordPlace place,
      String queryId,
      String sha256,
      boolean overdue,
      Optional<String> genuineLater) {}

  /**
   * @param earlier a checkpoint that the auditor has kept
   */
  void check(Wanted record, Optional<byte[]> earlier, List<Check> checks) {
    String name = record.place().name();
    Optional<LogView.Position> indexed;
    Optional<Checkpoint> now;
    LogTiles tiles;
    try {
      indexed = log.indexed(record.sha256());
      now = log.checkpoint(sealedSize(indexed));
      if (now.isEmpty()) {
        checks.add(nothingSealed(record, earlier));
        return;
      }
      tiles = log.tiles(now.get());
    } catch (IOException e) {
      checks.add(RecordVerifier.unreadable(Check.Kind.INCLUSION, LogFiles.CHECKPOINT, e));
      return;
    }
    OptionalLong sealedSize = OptionalLong.empty();
    try {
      Optional<LogView.Position> position = log.find(record.sha256(), indexed, tiles);
      sealedSize = sealedSize(position);
      checks.add(inclusion(record, position, now.get(), tiles));
    } catch (IOException e) {
      checks.add(RecordVerifier.unreadable(Check.Kind.INCLUSION, name, e));
    }
    ConsistencyCheck consistency = new ConsistencyCheck(log, now.get(), tiles);
    checks.add(consistency.withEarlier(earlier, sealedSize));
    consistency.withLater(sealedSize(indexed)).ifPresent(checks::add);
  }

  private static OptionalLong sealedSize(Optional<LogView.Position> position) {
    return position.map(LogView.Position::sealedSize).orElse(OptionalLong.empty());
  }

  private Check nothingSealed(Wanted record, Optional<byte[]> earlier) throws IOException {
    if (earlier.isPresent()) {
      return ConsistencyCheck.gone(log.open(ConsistencyCheck.EARLIER, earlier.get()));
    }
    return check(
        record,
        record.overdue() ? Verdict.FAILED : Verdict.COULD_NOT_CHECK,
        "is not sealed yet: the log has no checkpoint"
            + (record.overdue() ? ", though the record is overdue" : ""));
  }

  private static Check inclusion(
      Wanted record, Optional<LogView.Position> position, Checkpoint checkpoint, LogTiles tiles)
      throws IOException {
    if (position.isEmpty()) {
      String detail = "is not among the " + checkpoint.size() + " entries of the log";
      if (record.overdue() && record.genuineLater().isPresent()) {
        return check(
            record,
            Verdict.COULD_NOT_CHECK,
            detail
                + ": its worker may have died before it published it, and "
                + record.genuineLater().get()
                + " states how the query ended");
      }
      return record.overdue()
          ? check(record, Verdict.FAILED, detail + ": it was removed, changed or never logged")
          : check(record, Verdict.COULD_NOT_CHECK, detail + ": it may not be sealed yet");
    }
    long index = position.get().index();
    byte[] bytes = tiles.entry(index);
    LogEntry entry = LogView.entry(bytes, index);
    // A query can have several records, and an id can be used twice: none may stand for another.
    if (!entry.queryId().equals(record.queryId()) || !record.place().mayBe(entry.uri())) {
      return check(
          record,
          Verdict.FAILED,
          "is entry "
              + index
              + ", which is "
              + Text.shorten(entry.uri().toString())
              + " of query "
              + Text.shorten(entry.queryId())
              + ": another record is in its place");
    }
    Hash leaf = MerkleTree.leaf(bytes);
    boolean included =
        MerkleTree.included(
            leaf, index, checkpoint.size(), tiles.inclusionProof(index), checkpoint.root());
    return included
        ? check(
            record,
            Verdict.VERIFIED,
            "is entry " + index + " of the " + checkpoint.size() + " that the checkpoint signs")
        : check(record, Verdict.FAILED, "entry " + index + " has no path to the signed root");
  }

  private static Check check(Wanted record, Verdict verdict, String detail) {
    return new Check(Check.Kind.INCLUSION, record.place().name(), verdict, detail);
  }
}
