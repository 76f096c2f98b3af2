package dev.heliograph.messaging;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which consumed records were answered for and not yet acknowledged for certain, so that
 * one whose acknowledgement was lost is not computed again when it comes back. Keeps the latest
 * only: what is forgotten is computed twice, and its completions share their {@code ce_id}. Not
 * thread-safe.
 */
final class PublishedRecords {
  private final int limit;
  private final Map<RecordAddress, Boolean> latest = new LinkedHashMap<>();

  PublishedRecords(int limit) {
    this.limit = limit;
  }

  void add(RecordAddress address) {
    latest.put(address, true);
    if (latest.size() > limit) {
      latest.remove(latest.keySet().iterator().next());
    }
  }

  /** The broker has the acknowledgement: it will not come again. */
  void remove(RecordAddress address) {
    latest.remove(address);
  }

  boolean contains(RecordAddress address) {
    return latest.containsKey(address);
  }
}
