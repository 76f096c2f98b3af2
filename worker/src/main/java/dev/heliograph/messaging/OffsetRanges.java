package dev.heliograph.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of offsets as ranges, and as the text in which a group's committed offset can carry it: the
 * gap to each range and its length, in base 36. Not thread-safe.
 */
final class OffsetRanges {
  private static final int RADIX = 36;

  /** First offset to last offset; ranges neither overlap nor touch. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  OffsetRanges() {}

  /**
   * @throws IllegalArgumentException if the text is none of {@link #text}
   */
  static OffsetRanges parse(String text) {
    OffsetRanges parsed = new OffsetRanges();
    long next = 0;
    for (String range : text.isEmpty() ? List.<String>of() : List.of(text.split(","))) {
      String[] parts = range.split("\\+", 2);
      long first = next + Long.parseLong(parts[0], RADIX);
      long last = first + (parts.length == 1 ? 0 : Long.parseLong(parts[1], RADIX));
      if (first < next || last < first) {
        throw new IllegalArgumentException("\"" + text + "\" are no ranges of offsets");
      }
      parsed.add(first, last);
      next = last + 1;
    }
    return parsed;
  }

  boolean contains(long offset) {
    Map.Entry<Long, Long> range = ranges.floorEntry(offset);
    return range != null && offset <= range.getValue();
  }

  /** Adds the offsets from first to last. */
  void add(long first, long last) {
    Map.Entry<Long, Long> before = ranges.floorEntry(first);
    boolean touches = before != null && before.getValue() >= first - 1;
    long from = touches ? before.getKey() : first;
    long to = touches ? Math.max(before.getValue(), last) : last;
    Map.Entry<Long, Long> after = ranges.ceilingEntry(from);
    while (after != null && after.getKey() <= to + 1) {
      to = Math.max(to, after.getValue());
      ranges.remove(after.getKey());
      after = ranges.ceilingEntry(from);
    }
    ranges.put(from, to);
  }

  /** The first offset that is not in the set. */
  long firstAbsent() {
    Map.Entry<Long, Long> first = ranges.firstEntry();
    return first == null || first.getKey() > 0 ? 0 : first.getValue() + 1;
  }

  String text() {
    List<String> texts = new ArrayList<>();
    long next = 0;
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      String gap = Long.toString(range.getKey() - next, RADIX);
      long more = range.getValue() - range.getKey();
      texts.add(more == 0 ? gap : gap + "+" + Long.toString(more, RADIX));
      next = range.getValue() + 1;
    }
    return String.join(",", texts);
  }
}
