package dev.heliograph.audit;

import java.io.IOException;
import java.util.List;

/**
 * The records that wait to be sealed into the log, for example those of a topic. At least once: a
 * record that comes again, in this run or a later one, is sealed once.
 */
public interface PendingRecords {
  /**
   * The next records, oldest first; they stay pending until {@link #sealed}. Waits for a moment at
   * most: none is an empty list.
   */
  List<LogEntry> next(int limit) throws IOException;

  /**
   * The records that {@link #next} returned are all in the log, under a published checkpoint: they
   * may be forgotten.
   */
  void sealed(List<LogEntry> records) throws IOException;
}
