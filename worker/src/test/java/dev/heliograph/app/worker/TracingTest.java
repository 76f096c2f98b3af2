package dev.heliograph.app.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heliograph.messaging.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TracingTest {
  private static final TraceContext SENDER =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("vendor=1"));

  @Test
  void isOffUnlessAVariableAsksForIt() {
    assertFalse(Tracing.isAskedFor(name -> Optional.empty()));
    assertTrue(asksFor(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")));
    assertTrue(asksFor(Map.of("OTEL_TRACES_EXPORTER", "otlp")));
    assertFalse(asksFor(Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_SDK_DISABLED", "true")));
  }

  private static boolean asksFor(Map<String, String> variables) {
    return Tracing.isAskedFor(name -> Optional.ofNullable(variables.get(name)));
  }

  @Test
  void withoutAnExporterTheSendersContextIsPassedOnAsItIs() {
    Tracing off = Tracing.of(OpenTelemetry.noop());
    Context parent = Tracing.parent(Optional.of(SENDER));
    Span span = off.tracer().spanBuilder("process").setParent(parent).startSpan();
    assertFalse(span.isRecording());
    assertEquals(Optional.of(SENDER), Tracing.headers(parent.with(span)));
    assertEquals(Optional.empty(), Tracing.headers(Tracing.parent(Optional.empty())));
    off.close();
  }

  /** As started by a collector's address alone: spans arrive there by OTLP over HTTP. */
  @Test
  void sendsSpansToACollector() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Content-Type")
                  + " "
                  + new String(body, ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String property = "otel.exporter.otlp.endpoint";
    System.setProperty(property, "http://127.0.0.1:" + collector.getAddress().getPort());
    try (Tracing tracing = Tracing.fromEnvironment()) {
      Context parent = Tracing.parent(Optional.of(SENDER));
      Instant now = Instant.now();
      tracing.record(parent, "explain", now, now.plusMillis(5));
    } finally {
      System.clearProperty(property);
      collector.stop(0);
    }
    assertEquals(1, received.size());
    String request = received.get(0);
    assertTrue(request.startsWith("/v1/traces application/x-protobuf"), request);
    byte[] traceId = HexFormat.of().parseHex(SENDER.traceId());
    assertTrue(request.contains(new String(traceId, ISO_8859_1)), request);
    assertTrue(request.contains("explain"), request);
    assertTrue(request.contains("service.name") && request.contains("heliograph"), request);
  }
}
