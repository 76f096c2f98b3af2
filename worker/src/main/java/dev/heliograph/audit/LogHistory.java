package dev.heliograph.audit;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a log's other files say of its checkpoint: whether there was one, or a later one. The
 * entries that a sealer stages lead from each tree to the next, and each signed checkpoint is kept
 * before it is published; so a log that was set back to an older checkpoint still has the newer
 * one, unless that was removed too.
 */
final class LogHistory {
  private final LogView log;

  LogHistory(LogView log) {
    this.log = log;
  }

  /**
   * A file that shows that the log was sealed, though it has no checkpoint.
   *
   * @param sealedSize the size of a checkpoint that may have been kept
   */
  Optional<String> sealed(OptionalLong sealedSize) throws IOException {
    for (OptionalLong size : new OptionalLong[] {next(0), sealedSize}) {
      if (size.isPresent() && log.kept(size.getAsLong()).isPresent()) {
        return Optional.of(LogFiles.history(size.getAsLong()));
      }
    }
    Tile tile = new Tile(0, 0, Tile.FULL);
    return log.store().get(tile.path(), 1).isPresent()
        ? Optional.of(tile.path())
        : Optional.empty();
  }

  /**
   * Whether the log has signed more than its checkpoint does. A sealer that is at work, or was
   * stopped, can be one batch ahead of what it published; a log that was further already was set
   * back.
   *
   * @param sealedSize the size of a checkpoint that may have been kept, later than this one
   * @return empty if nothing later is found
   */
  Optional<Check> later(Checkpoint now, OptionalLong sealedSize) throws IOException {
    OptionalLong unpublished = next(now.size());
    OptionalLong further =
        unpublished.isPresent() ? next(unpublished.getAsLong()) : OptionalLong.empty();
    long newest = now.size();
    String shownBy = "";
    if (further.isPresent()) {
      newest = unpublished.getAsLong();
      shownBy = LogFiles.staging(newest) + " follows";
    }
    for (OptionalLong size : new OptionalLong[] {unpublished, further, sealedSize}) {
      if (size.isPresent()
          && size.getAsLong() >= newest
          && log.kept(size.getAsLong()).isPresent()) {
        newest = size.getAsLong();
        shownBy = LogFiles.history(newest) + " signs";
      }
    }
    if (newest == now.size()) {
      return Optional.empty();
    }
    Optional<Checkpoint> again = log.checkpoint();
    if (again.isPresent() && again.get().size() > now.size()) {
      return later(again.get(), sealedSize); // a sealer was at work all the while
    }
    String sizes = "it signs " + now.size() + " entries, though " + shownBy + " " + newest;
    boolean oneAhead = further.isEmpty() && unpublished.equals(OptionalLong.of(newest));
    return Optional.of(
        oneAhead
            ? check(
                Verdict.COULD_NOT_CHECK,
                sizes + ": its sealer has not published that yet, or the log was rolled back")
            : check(Verdict.FAILED, "the log was rolled back: " + sizes));
  }

  /** The size of the tree that follows the one of this size, if its entries are staged. */
  private OptionalLong next(long size) throws IOException {
    String path = LogFiles.staging(size);
    Optional<byte[]> staged = log.store().get(path, LogFiles.MAX_STAGING_BYTES);
    if (staged.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      int entries = EntryBundle.parse(path, staged.get(), Sealer.MAX_BATCH).size();
      return entries == 0 ? OptionalLong.empty() : OptionalLong.of(size + entries);
    } catch (AuditFormatException e) {
      throw new LogCorruptException(path, "is not a sequence of entries");
    }
  }

  private static Check check(Verdict verdict, String detail) {
    return new Check(Check.Kind.CONSISTENCY, LogFiles.CHECKPOINT, verdict, detail);
  }
}
