package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Headers of produced events: CloudEvents 1.0 in Kafka's binary mode, and the trace context. */
final class EventHeaders {
  /** The same from every worker: source and id together tell duplicates (CloudEvents, 3.1.1). */
  private static final String SOURCE = "/heliograph";

  private static final List<String> TRACE_CONTEXT = List.of("traceparent", "tracestate");

  /** W3C: a traceparent has 55 bytes, a tracestate should fit into 512. Longer ones are dropped. */
  private static final int MAX_TRACE_CONTEXT = 1024;

  private EventHeaders() {}

  /**
   * @param id depends on the query alone, so that a duplicate of the event has the same
   */
  static void describe(
      Headers headers, SpecificRecord event, String id, String queryId, Instant time) {
    describe(headers, event.getSchema().getFullName(), "application/avro", id, queryId, time);
  }

  /** The same for a value that is no Avro event. */
  static void describe(
      Headers headers, String type, String contentType, String id, String queryId, Instant time) {
    put(headers, "ce_specversion", "1.0");
    put(headers, "ce_id", id);
    put(headers, "ce_source", SOURCE);
    put(headers, "ce_type", type);
    put(headers, "ce_time", time.toString());
    put(headers, "ce_subject", queryId);
    put(headers, "content-type", contentType);
  }

  static void copyTraceContext(Headers from, Headers to) {
    for (String name : TRACE_CONTEXT) {
      Header header = from.lastHeader(name);
      if (header != null && header.value() != null && header.value().length <= MAX_TRACE_CONTEXT) {
        to.add(name, header.value());
      }
    }
  }

  /** Replaces the trace context, if there is one. */
  static void putTrace(Headers headers, TraceContext trace) {
    TRACE_CONTEXT.forEach(headers::remove);
    put(headers, "traceparent", trace.traceparent());
    trace.tracestate().ifPresent(state -> put(headers, "tracestate", state));
  }

  /** The trace that a record belongs to, if it says so as W3C wants it. */
  static Optional<TraceContext> trace(Headers headers) {
    return text(headers, "traceparent")
        .flatMap(parent -> TraceContext.parse(parent, text(headers, "tracestate")));
  }

  private static Optional<String> text(Headers headers, String name) {
    return Optional.ofNullable(headers.lastHeader(name))
        .map(Header::value)
        .filter(value -> value.length <= MAX_TRACE_CONTEXT)
        .map(value -> new String(value, UTF_8));
  }

  static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }
}
