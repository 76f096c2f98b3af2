package dev.heliograph.pipeline;

import dev.heliograph.query.Cancellation;
import dev.heliograph.query.QueryHeader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Cancellations that came lately, for queries that come after them. Both their number and their age
 * are bounded: the oldest are forgotten first. Thread-safe.
 */
final class Cancellations {
  /** About 20 MB at most: an id has up to 128 characters. */
  static final int LIMIT = 50_000;

  static final Duration KEPT = Duration.ofDays(1);

  private final Clock clock;

  /** By query id, in order of arrival. */
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  Cancellations(Clock clock) {
    this.clock = clock;
  }

  synchronized void add(Cancellation cancellation) {
    Entry before = entries.remove(cancellation.queryId());
    boolean older =
        before != null && before.cancellation.requestedAt().isAfter(cancellation.requestedAt());
    Instant now = clock.instant();
    entries.put(cancellation.queryId(), new Entry(older ? before.cancellation : cancellation, now));
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext()
        && (oldest.next().arrivedAt.plus(KEPT).isBefore(now) || entries.size() > LIMIT)) {
      oldest.remove();
    }
  }

  /** The one that concerns this query, if there is any. */
  synchronized Optional<Cancellation> find(QueryHeader query) {
    return Optional.ofNullable(entries.get(query.queryId()))
        .filter(entry -> !entry.arrivedAt.plus(KEPT).isBefore(clock.instant()))
        .map(Entry::cancellation)
        .filter(cancellation -> cancellation.concerns(query));
  }

  synchronized int size() {
    return entries.size();
  }

  private record Entry(Cancellation cancellation, Instant arrivedAt) {}
}
