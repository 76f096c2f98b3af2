package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.store.LoopbackServer;
import dev.heliograph.testing.Fuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** Whatever a registry answers: a schema, none, or that it cannot be used. */
class SchemaRegistryFuzzTest {
  private static final String OK = "HTTP/1.1 200 OK\nConnection: close";
  private static final Schema SCHEMA = QueryRequested.getClassSchema();

  private final AtomicReference<byte[]> body = new AtomicReference<>();
  private final AtomicInteger ids = new AtomicInteger();

  @Test
  void repliesOfARegistry() throws IOException {
    byte[] schema = new ObjectMapper().writeValueAsBytes(Map.of("schema", SCHEMA.toString()));
    byte[] id = "{\"id\": 7}".getBytes(UTF_8);
    try (LoopbackServer server =
        LoopbackServer.start((head, socket) -> LoopbackServer.reply(socket, OK, body.get()))) {
      SchemaRegistry registry = new SchemaRegistry(RegistryConfig.open(server.uri()));
      Fuzz.of("schema registry, schema")
          .corpus(schema)
          .tokens("\\\"type\\\":", "{", "[", "\\\"", "null", "\\u0000", "\\\"record\\\"")
          .allowing(UncheckedIOException.class)
          .mutants(1_000)
          .run(
              bytes -> {
                body.set(bytes);
                registry.schema(ids.incrementAndGet());
              });
      Fuzz.of("schema registry, id")
          .corpus(id)
          .tokens("{", "[", "\"id\":", "null", "\"7\"")
          .allowing(UncheckedIOException.class)
          .mutants(400)
          .run(
              bytes -> {
                body.set(bytes);
                registry.id(SCHEMA);
              });
    }
  }
}
