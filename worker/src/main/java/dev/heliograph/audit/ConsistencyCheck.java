package dev.heliograph.audit;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a log under its checkpoint is what other checkpoints of it say: it only ever grows. */
final class ConsistencyCheck {
  /** What messages call the auditor's own checkpoint. */
  static final String EARLIER = "earlier checkpoint";

  private final LogView log;
  private final Checkpoint now;
  private final LogTiles tiles;

  /**
   * @param tiles under {@code now}
   */
  ConsistencyCheck(LogView log, Checkpoint now, LogTiles tiles) {
    this.log = log;
    this.now = now;
    this.tiles = tiles;
  }

  /**
   * @param given a checkpoint that the auditor has kept
   * @param sealedSize the size of one that the log may have kept, to be taken if none is given
   */
  Check withEarlier(Optional<byte[]> given, OptionalLong sealedSize) {
    try {
      Optional<Checkpoint> earlier = Optional.empty();
      if (given.isPresent()) {
        earlier = Optional.of(log.open(EARLIER, given.get()));
      } else if (sealedSize.isPresent()) {
        earlier = log.kept(sealedSize.getAsLong());
      }
      return earlier.isPresent()
          ? with(earlier.get())
          : check(Verdict.COULD_NOT_CHECK, "there is no earlier checkpoint to compare with");
    } catch (IOException e) {
      return RecordVerifier.unreadable(Check.Kind.CONSISTENCY, LogFiles.CHECKPOINT, e);
    }
  }

  /**
   * Looks for a later checkpoint, which the log must then have been set back from.
   *
   * @param sealedSize the size of one that the log may have kept
   * @return empty if there is none
   */
  Optional<Check> withLater(OptionalLong sealedSize) {
    try {
      return new LogHistory(log).later(now, sealedSize);
    } catch (IOException e) {
      return Optional.of(RecordVerifier.unreadable(Check.Kind.CONSISTENCY, LogFiles.CHECKPOINT, e));
    }
  }

  /** Whether the log under this checkpoint begins with all of the log under an earlier one. */
  Check with(Checkpoint earlier) throws IOException {
    String sizes = now.size() + " entries now, " + earlier.size() + " at the earlier checkpoint";
    if (!earlier.origin().equals(now.origin())) {
      return check(Verdict.FAILED, "the earlier one is of another log, " + earlier.origin());
    }
    if (now.size() < earlier.size()) {
      return check(Verdict.FAILED, "the log was truncated: " + sizes);
    }
    boolean consistent =
        MerkleTree.consistent(
            earlier.size(),
            earlier.root(),
            now.size(),
            now.root(),
            tiles.consistencyProof(earlier.size()));
    return consistent
        ? check(Verdict.VERIFIED, "the log only grew: " + sizes)
        : check(Verdict.FAILED, "the log was rewritten: " + sizes + ", and they disagree");
  }

  /** The log has no checkpoint any more. */
  static Check gone(Checkpoint earlier) {
    return check(
        Verdict.FAILED,
        "is missing: the log had " + earlier.size() + " entries at the earlier checkpoint");
  }

  private static Check check(Verdict verdict, String detail) {
    return new Check(Check.Kind.CONSISTENCY, LogFiles.CHECKPOINT, verdict, detail);
  }
}
