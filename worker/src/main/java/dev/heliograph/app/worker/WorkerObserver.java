package dev.heliograph.app.worker;

import dev.heliograph.messaging.RecordObservation;
import dev.heliograph.messaging.TakenUp;
import dev.heliograph.messaging.TraceContext;
import dev.heliograph.pipeline.PipelineObserver;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * Turns what delivery and pipeline tell of themselves into metrics, spans and the context of log
 * lines. A record's span is the current one of the thread that hands its query over; that is how
 * the query's stages find their parent. Thread-safe.
 */
final class WorkerObserver implements PipelineObserver {
  /** Keys of log lines. */
  static final String QUERY_ID = "queryId";

  static final String TRACE_ID = "trace_id";

  private final WorkerMetrics metrics;
  private final Tracing tracing;
  private final String group;
  private final Clock clock;

  WorkerObserver(WorkerMetrics metrics, Tracing tracing, String group, Clock clock) {
    this.metrics = metrics;
    this.tracing = tracing;
    this.group = group;
    this.clock = clock;
  }

  RecordObservation takenUp(TakenUp record) {
    Instant now = clock.instant();
    Duration age = Duration.between(record.timestamp(), now);
    metrics.takenUp(age.isNegative() ? Duration.ZERO : age);
    return new ObservedRecord(record, now);
  }

  @Override
  public Run begun(Query query) {
    Context context = Context.current();
    return (stage, from, to) -> {
      metrics.staged(stage, Duration.between(from, to));
      tracing.record(context, stage, from, to);
    };
  }

  @Override
  public void batched(String step, int size) {
    metrics.batched(step, size);
  }

  @Override
  public void stored(long bytes) {
    metrics.stored(bytes);
  }

  private final class ObservedRecord implements RecordObservation {
    private final TakenUp record;
    private final Instant takenUpAt;
    private final Span span;
    private final Context context;
    private final Optional<TraceContext> trace;

    ObservedRecord(TakenUp record, Instant takenUpAt) {
      this.record = record;
      this.takenUpAt = takenUpAt;
      Context parent = Tracing.parent(record.trace());
      this.span =
          tracing
              .tracer()
              .spanBuilder("process " + record.topic())
              .setSpanKind(SpanKind.CONSUMER)
              .setParent(parent)
              .setStartTimestamp(takenUpAt)
              .startSpan();
      this.context = parent.with(span);
      this.trace = Tracing.headers(context);
      describe();
    }

    /** By OpenTelemetry's conventions for messaging, and for Kafka in particular. */
    private void describe() {
      if (span.isRecording()) {
        span.setAttribute("messaging.system", "kafka");
        span.setAttribute("messaging.operation.name", "process");
        span.setAttribute("messaging.operation.type", "process");
        span.setAttribute("messaging.destination.name", record.topic());
        span.setAttribute("messaging.destination.partition.id", "" + record.partition());
        span.setAttribute("messaging.kafka.offset", record.offset());
        span.setAttribute("messaging.consumer.group.name", group);
        span.setAttribute("messaging.message.body.size", record.bytes());
        record.key().ifPresent(key -> span.setAttribute("messaging.kafka.message.key", key));
      }
    }

    @Override
    public <T> T call(Supplier<T> work) {
      record.key().ifPresent(key -> MDC.put(QUERY_ID, key));
      trace.ifPresent(known -> MDC.put(TRACE_ID, known.traceId()));
      try {
        return context.wrapSupplier(work).get();
      } finally {
        MDC.remove(QUERY_ID);
        MDC.remove(TRACE_ID);
      }
    }

    @Override
    public Optional<TraceContext> trace() {
      return trace;
    }

    @Override
    public void ended(Optional<QueryOutcome> outcome, Optional<Throwable> error) {
      Instant now = clock.instant();
      Optional<String> fault =
          error
              .map(e -> e.getClass().getName())
              .or(() -> failureCode(outcome).map(FailureCode::name));
      metrics.ended(record.topic(), group, Duration.between(takenUpAt, now), fault);
      outcome.ifPresent(metrics::warned);
      outcome.ifPresent(
          o -> span.setAttribute(AttributeKey.stringKey("heliograph.outcome"), name(o)));
      fault.ifPresent(
          code -> {
            span.setAttribute("error.type", code);
            span.setStatus(StatusCode.ERROR);
          });
      span.end();
    }
  }

  /** A record without an outcome held no query. */
  private static Optional<FailureCode> failureCode(Optional<QueryOutcome> outcome) {
    return outcome.isEmpty()
        ? Optional.of(FailureCode.MALFORMED_EVENT)
        : failure(outcome.get()).map(Failure::code);
  }

  private static Optional<Failure> failure(QueryOutcome outcome) {
    if (outcome instanceof QueryOutcome.Completed) {
      return Optional.empty();
    } else if (outcome instanceof QueryOutcome.Failed failed) {
      return Optional.of(failed.failure());
    } else if (outcome instanceof QueryOutcome.Expired expired) {
      return Optional.of(expired.failure());
    } else if (outcome instanceof QueryOutcome.Cancelled cancelled) {
      return Optional.of(cancelled.failure());
    }
    throw new AssertionError(outcome);
  }

  private static String name(QueryOutcome outcome) {
    return outcome.getClass().getSimpleName().toUpperCase(Locale.ROOT);
  }
}
