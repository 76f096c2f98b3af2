package dev.heliograph.messaging;

import dev.heliograph.messaging.Ledger.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * One partition of the {@link Ledger}: the records taken up and not yet published, by offset, and
 * what is published between and beyond them. Every offset below {@code end} is published, unless it
 * is open: taken up, or known to be open from the committed metadata and not read yet.
 */
final class PartitionLedger {
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private final TreeSet<Long> unread;
  private final long knownEnd;
  private long end;
  private long publishedEnd;

  /**
   * @param committed what former owners of the partition have published
   */
  PartitionLedger(PublishedAhead committed) {
    this.unread = new TreeSet<>(committed.open());
    this.knownEnd = committed.end();
    this.end = committed.end();
    this.publishedEnd = committed.end();
  }

  /** Whether a record that comes by was published by a former owner. */
  boolean isPublished(long offset) {
    return offset < knownEnd && !unread.contains(offset) && !entries.containsKey(offset);
  }

  /** Offsets that were open and do not come, because their records are gone, are open no longer. */
  void add(Entry entry) {
    long offset = entry.record().offset();
    unread.headSet(offset, true).clear();
    entries.put(offset, entry);
    end = Math.max(end, offset + 1);
  }

  /** A record that was published before comes by. */
  void skip(long offset) {
    unread.headSet(offset, true).clear();
    end = Math.max(end, offset + 1);
  }

  /** What is finished, as far as the metadata can tell what is open before it. */
  List<Entry> publishable() {
    List<Entry> finished = new ArrayList<>();
    int bytes = 2 * Long.BYTES + 4;
    long last = -1;
    TreeSet<Long> offsets = new TreeSet<>(unread);
    offsets.addAll(entries.keySet());
    for (long offset : offsets) {
      Entry entry = entries.get(offset);
      if (entry != null && entry.isFinished()) {
        finished.add(entry);
      } else {
        bytes += last < 0 ? 1 : PublishedAhead.varintBytes(offset - last);
        last = offset;
        if (bytes > PublishedAhead.MAX_BYTES) {
          break;
        }
      }
    }
    return finished;
  }

  /** What to commit with these entries: where to go on, and what is published beyond. */
  OffsetAndMetadata after(Collection<Entry> published) {
    Set<Long> publishing = new TreeSet<>();
    published.forEach(entry -> publishing.add(entry.record().offset()));
    TreeSet<Long> open = new TreeSet<>(unread);
    entries.keySet().stream().filter(offset -> !publishing.contains(offset)).forEach(open::add);
    long offset = open.isEmpty() ? end : open.first();
    long aheadEnd =
        published.stream().mapToLong(PartitionLedger::after).reduce(publishedEnd, Math::max);
    PublishedAhead ahead =
        aheadEnd <= offset
            ? PublishedAhead.nothing(offset)
            : new PublishedAhead(offset, aheadEnd, List.copyOf(open.headSet(aheadEnd, false)));
    return new OffsetAndMetadata(offset, leaderEpoch(offset, published), ahead.encoded());
  }

  private static long after(Entry entry) {
    return entry.record().offset() + 1;
  }

  private Optional<Integer> leaderEpoch(long offset, Collection<Entry> published) {
    Entry next = entries.get(offset);
    if (next != null) {
      return next.record().leaderEpoch();
    }
    return published.stream()
        .filter(entry -> entry.record().offset() == offset - 1)
        .findFirst()
        .flatMap(entry -> entry.record().leaderEpoch());
  }

  /** The entries that a committed offset says are published. */
  List<Entry> publishedBy(PublishedAhead committed) {
    return entries.values().stream()
        .filter(entry -> committed.contains(entry.record().offset()))
        .toList();
  }

  /** It is published, or no longer ours to answer. */
  void remove(Entry entry) {
    entries.remove(entry.record().offset());
    publishedEnd = Math.max(publishedEnd, after(entry));
  }

  Collection<Entry> entries() {
    return List.copyOf(entries.values());
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }
}
