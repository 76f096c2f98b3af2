package dev.heliograph.audit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whether a log has a record, under a signed checkpoint that continues an earlier one. */
final class InclusionCheck {
  private final LogView log;

  InclusionCheck(LogView log) {
    this.log = log;
  }

  /**
   * @param sha256 of the record's bytes
   * @param overdue whether the record must have been sealed by now
   */
  void check(
      String name, String sha256, boolean overdue, Optional<byte[]> earlier, List<Check> checks) {
    Checkpoint checkpoint;
    LogTiles tiles;
    try {
      checkpoint = log.checkpoint();
      tiles = LogTiles.open(log.store(), checkpoint.size(), checkpoint.root());
    } catch (IOException e) {
      checks.add(RecordVerifier.unreadable(Check.Kind.INCLUSION, LogFiles.CHECKPOINT, e));
      return;
    }
    Optional<Long> sealedSize = Optional.empty();
    try {
      Optional<LogView.Position> position = log.find(sha256, tiles);
      sealedSize = position.flatMap(LogView.Position::sealedSize);
      checks.add(inclusion(name, position, overdue, checkpoint, tiles));
    } catch (IOException e) {
      checks.add(RecordVerifier.unreadable(Check.Kind.INCLUSION, name, e));
    }
    checks.add(consistency(earlier, sealedSize, checkpoint, tiles));
  }

  private static Check inclusion(
      String name,
      Optional<LogView.Position> position,
      boolean overdue,
      Checkpoint checkpoint,
      LogTiles tiles)
      throws IOException {
    if (position.isEmpty()) {
      String detail = "is not among the " + checkpoint.size() + " entries of the log";
      return overdue
          ? check(name, Verdict.FAILED, detail + ": it was removed, changed or never logged")
          : check(name, Verdict.COULD_NOT_CHECK, detail + ": it may not be sealed yet");
    }
    long index = position.get().index();
    byte[] bytes = tiles.entry(index);
    LogEntry entry = LogView.entry(bytes, index);
    if (!isStoredAs(name, entry)) {
      return check(
          name,
          Verdict.FAILED,
          "is entry " + index + ", which is " + entry.uri() + ": another record is in its place");
    }
    Hash leaf = MerkleTree.leaf(bytes);
    boolean included =
        MerkleTree.included(
            leaf, index, checkpoint.size(), tiles.inclusionProof(index), checkpoint.root());
    return included
        ? check(
            name,
            Verdict.VERIFIED,
            "is entry " + index + " of the " + checkpoint.size() + " that the checkpoint signs")
        : check(name, Verdict.FAILED, "entry " + index + " has no path to the signed root");
  }

  /** A query can have several records, and each its own name: one must not stand for another. */
  private static boolean isStoredAs(String name, LogEntry entry) {
    String path = entry.uri().getPath() == null ? "" : entry.uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1)
        .equals(name.substring(name.lastIndexOf('/') + 1));
  }

  private Check consistency(
      Optional<byte[]> given, Optional<Long> sealedSize, Checkpoint now, LogTiles tiles) {
    String name = LogFiles.CHECKPOINT;
    try {
      Optional<Checkpoint> earlier = Optional.empty();
      if (given.isPresent()) {
        earlier = Optional.of(log.open("earlier checkpoint", given.get()));
      } else if (sealedSize.isPresent()) {
        earlier = log.kept(sealedSize.get());
      }
      if (earlier.isEmpty()) {
        return new Check(
            Check.Kind.CONSISTENCY,
            name,
            Verdict.COULD_NOT_CHECK,
            "there is no earlier checkpoint to compare with");
      }
      return consistency(earlier.get(), now, tiles);
    } catch (IOException e) {
      return RecordVerifier.unreadable(Check.Kind.CONSISTENCY, name, e);
    }
  }

  /** Whether the log under one checkpoint begins with all of the log under an earlier one. */
  static Check consistency(Checkpoint earlier, Checkpoint now, LogTiles tiles) throws IOException {
    String sizes = now.size() + " entries now, " + earlier.size() + " at the earlier checkpoint";
    if (!earlier.origin().equals(now.origin())) {
      return consistency(Verdict.FAILED, "the earlier one is of another log, " + earlier.origin());
    }
    if (now.size() < earlier.size()) {
      return consistency(Verdict.FAILED, "the log was truncated: " + sizes);
    }
    boolean consistent =
        MerkleTree.consistent(
            earlier.size(),
            earlier.root(),
            now.size(),
            now.root(),
            tiles.consistencyProof(earlier.size()));
    return consistent
        ? consistency(Verdict.VERIFIED, "the log only grew: " + sizes)
        : consistency(Verdict.FAILED, "the log was rewritten: " + sizes + ", and they disagree");
  }

  private static Check consistency(Verdict verdict, String detail) {
    return new Check(Check.Kind.CONSISTENCY, LogFiles.CHECKPOINT, verdict, detail);
  }

  private static Check check(String name, Verdict verdict, String detail) {
    return new Check(Check.Kind.INCLUSION, name, verdict, detail);
  }
}
