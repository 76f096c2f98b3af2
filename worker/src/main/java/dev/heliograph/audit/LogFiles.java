package dev.heliograph.audit;

/**
 * The files of a log. {@code checkpoint}, {@code tile/<level>/…} and {@code tile/entries/…} are
 * those of C2SP tlog-tiles; the others are ours, beside them, and written once:
 *
 * <ul>
 *   <li>{@code staging/<size>}: the entries that follow the tree of this size, as a bundle. Who
 *       puts it first decides them, for everybody.
 *   <li>{@code index/<aa>/<sha256>}: where the record with this digest is, and the size of the
 *       first checkpoint that covers it: two decimals and a newline.
 *   <li>{@code checkpoints/<size>}: each checkpoint, kept.
 * </ul>
 */
final class LogFiles {
  static final String CHECKPOINT = "checkpoint";
  static final int MAX_CHECKPOINT_BYTES = 1 << 20;
  static final int MAX_INDEX_BYTES = 64;

  /** A sealer's largest batch of the longest entries. */
  static final int MAX_STAGING_BYTES = Sealer.MAX_BATCH * (2 + LogEntry.MAX_BYTES);

  private LogFiles() {}

  static String staging(long size) {
    return "staging/" + Tile.number(size);
  }

  static String history(long size) {
    return "checkpoints/" + Tile.number(size);
  }

  static String index(String sha256) {
    return "index/" + sha256.substring(0, 2) + "/" + sha256;
  }
}
