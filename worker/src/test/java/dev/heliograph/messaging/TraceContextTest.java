package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void isReadFromAndReplacedInHeaders() {
    Headers headers = new RecordHeaders();
    EventHeaders.put(headers, "traceparent", PARENT);
    EventHeaders.put(headers, "tracestate", "vendor=1");
    TraceContext found = EventHeaders.trace(headers).orElseThrow();
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", found.traceId());
    assertEquals(Optional.of("vendor=1"), found.tracestate());

    String next = PARENT.replace("00f067aa0ba902b7", "1111111111111111");
    EventHeaders.putTrace(headers, new TraceContext(next, Optional.empty()));
    assertEquals(1, headers.toArray().length);
    assertEquals(next, new String(headers.lastHeader("traceparent").value(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"
      })
  void whatIsNotW3csIsNoContext(String traceparent) {
    Headers headers = new RecordHeaders();
    EventHeaders.put(headers, "traceparent", traceparent);
    assertEquals(Optional.empty(), EventHeaders.trace(headers));
  }
}
