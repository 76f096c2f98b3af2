package dev.heliograph.messaging;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which trace something belongs to, as W3C's Trace Context writes it.
 *
 * @param traceparent version, trace id, parent's span id and flags
 * @param tracestate what tracing systems add for themselves
 */
public record TraceContext(String traceparent, Optional<String> tracestate) {
  /** A version after 00 may append fields; ff is none. */
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  public TraceContext {
    if (!TRACEPARENT.matcher(traceparent).matches()) {
      throw new IllegalArgumentException("traceparent: \"" + traceparent + "\" is not W3C's");
    }
  }

  /** The context, or empty if the traceparent is not one: tracing never fails a query. */
  static Optional<TraceContext> parse(String traceparent, Optional<String> tracestate) {
    return TRACEPARENT.matcher(traceparent).matches()
        ? Optional.of(new TraceContext(traceparent, tracestate))
        : Optional.empty();
  }

  /** 32 lower-case hex digits. */
  public String traceId() {
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches()) {
      throw new AssertionError(traceparent);
    }
    return parts.group(1);
  }
}
