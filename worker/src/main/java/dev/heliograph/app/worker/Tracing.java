package dev.heliograph.app.worker;

import dev.heliograph.messaging.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Traces, if OpenTelemetry's own variables ask for them. Without them nothing of the SDK is loaded,
 * and a completion carries the very context that its query had. Thread-safe.
 */
final class Tracing implements AutoCloseable {
  private static final String SCOPE = "dev.heliograph";

  /** One of these says that spans should go somewhere. */
  private static final List<String> SWITCHES =
      List.of(
          "OTEL_TRACES_EXPORTER",
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

  /** Metrics are Prometheus', logs go to standard error, and the JDK's HTTP client sends. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.service.name", "heliograph",
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.exporter.otlp.protocol", "http/protobuf");

  private final Tracer tracer;
  private final AutoCloseable sdk;

  private Tracing(OpenTelemetry telemetry, AutoCloseable sdk) {
    this.tracer = telemetry.getTracer(SCOPE);
    this.sdk = sdk;
  }

  /** As the {@code OTEL_…} variables, or system properties of the same meaning, say. */
  static Tracing fromEnvironment() {
    return isAskedFor(Tracing::variable) ? Sdk.start() : of(OpenTelemetry.noop());
  }

  /** With spans that go where this telemetry sends them; it stays the caller's. */
  static Tracing of(OpenTelemetry telemetry) {
    return new Tracing(telemetry, () -> {});
  }

  static boolean isAskedFor(Function<String, Optional<String>> variables) {
    boolean disabled = variables.apply("OTEL_SDK_DISABLED").filter("true"::equals).isPresent();
    return !disabled
        && SWITCHES.stream().flatMap(name -> variables.apply(name).stream()).findAny().isPresent();
  }

  private static Optional<String> variable(String name) {
    String property = name.toLowerCase(Locale.ROOT).replace('_', '.');
    return Stream.of(System.getProperty(property, ""), System.getenv().getOrDefault(name, ""))
        .filter(value -> !value.isBlank())
        .findFirst();
  }

  /** A class of its own, so that the SDK is loaded only by those who want it. */
  private static final class Sdk {
    static Tracing start() {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesSupplier(() -> DEFAULTS)
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk();
      return new Tracing(sdk, sdk);
    }
  }

  Tracer tracer() {
    return tracer;
  }

  /** What is known of the trace from outside, as a parent of what happens here. */
  static Context parent(Optional<TraceContext> trace) {
    return trace
        .map(
            known ->
                W3CTraceContextPropagator.getInstance()
                    .extract(Context.root(), known, TraceHeaders.INSTANCE))
        .orElse(Context.root());
  }

  /** For the headers of what is published. */
  static Optional<TraceContext> headers(Context context) {
    Map<String, String> headers = new HashMap<>();
    W3CTraceContextPropagator.getInstance().inject(context, headers, Map::put);
    return Optional.ofNullable(headers.get("traceparent"))
        .map(parent -> new TraceContext(parent, Optional.ofNullable(headers.get("tracestate"))));
  }

  /** A span of something that has happened already. */
  void record(Context parent, String name, Instant from, Instant to) {
    Span span = tracer.spanBuilder(name).setParent(parent).setStartTimestamp(from).startSpan();
    span.end(to);
  }

  /** Sends what is still held; waits for it up to ten seconds. */
  @Override
  public void close() {
    try {
      sdk.close();
    } catch (Exception e) {
      throw new IllegalStateException("the last spans cannot be sent", e);
    }
  }

  private enum TraceHeaders implements TextMapGetter<TraceContext> {
    INSTANCE;

    @Override
    public Iterable<String> keys(TraceContext carrier) {
      return List.of("traceparent", "tracestate");
    }

    @Override
    public @Nullable String get(@Nullable TraceContext carrier, String key) {
      if (carrier == null) {
        return null;
      }
      return key.equals("traceparent")
          ? carrier.traceparent()
          : carrier.tracestate().filter(state -> key.equals("tracestate")).orElse(null);
    }
  }
}
