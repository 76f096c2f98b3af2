package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.store.LoopbackServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an HTTP server that keeps schemas as a registry does. */
class SchemaRegistryTest {
  private final ObjectMapper json = new ObjectMapper();
  private final List<String> schemas = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private HttpServer server;
  private SchemaRegistry registry;
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    registry =
        new SchemaRegistry(
            RegistryConfig.basic(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), "x", "y"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(exchange.getRequestMethod() + " " + path);
    int answer = status;
    Map<String, Object> body = Map.of("message", "no");
    if (status == 200 && path.startsWith("/schemas/ids/")) {
      int id = Integer.parseInt(path.substring("/schemas/ids/".length()));
      if (id < schemas.size()) {
        body = Map.of("schema", schemas.get(id));
      } else {
        answer = 404;
      }
    } else if (status == 200) {
      String schema = json.readTree(exchange.getRequestBody()).path("schema").asText();
      if (!schemas.contains(schema)) {
        schemas.add(schema);
      }
      body = Map.of("id", schemas.indexOf(schema));
    }
    if (!"Basic eDp5".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer = 401;
    }
    byte[] bytes = json.writeValueAsString(body).getBytes(UTF_8);
    exchange.sendResponseHeaders(answer, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void eventsTravelByTheIdsOfTheRegistry() throws Exception {
    schemas.add("\"string\"");
    var encoder = EventEncoder.of(QueryRequested.class, Framing.CONFLUENT, registry);
    var decoder = new EventDecoder<>(QueryRequested.class, registry);
    QueryRequested event = QueryEvents.toEvent(TestQueries.query("q-0"));
    byte[] bytes = encoder.encode(event);
    assertEquals(1, bytes[4]);
    assertEquals(event, decoder.decode(bytes));
    assertEquals(event, decoder.decode(bytes));
    assertEquals(
        List.of(
            "POST /subjects/dev.heliograph.events.QueryRequested/versions", "GET /schemas/ids/1"),
        requests);
    assertEquals(1, registry.id(QueryRequested.getClassSchema()));
    assertEquals(2, registry.id(QueryCompletion.getClassSchema()));
  }

  @Test
  void anUnknownIdIsAskedForOnce() {
    assertEquals(Optional.empty(), registry.schema(7));
    assertEquals(Optional.empty(), registry.schema(7));
    assertEquals(1, requests.size());
  }

  @Test
  void aRegistryInTroubleIsNoReasonToCallAnEventMalformed() {
    status = 503;
    var e = assertThrows(UncheckedIOException.class, () -> registry.schema(0));
    assertTrue(e.getMessage().contains("answers 503"), e.getMessage());
    server.stop(0);
    assertThrows(UncheckedIOException.class, () -> registry.schema(0));
  }

  @Test
  void aRefusedSchemaIsAnErrorOfConfiguration() {
    status = 409;
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> registry.id(QueryRequested.getClassSchema()));
    assertTrue(e.getMessage().contains("refuses dev.heliograph.events.QueryRequested"));
  }

  @Test
  void neitherPasswordNorTokenIsPrinted() {
    URI address = URI.create("https://registry:8081");
    assertEquals(
        "RegistryConfig[https://registry:8081, authorization=Basic]",
        RegistryConfig.basic(address, "user", "s3cret").toString());
    assertEquals(
        "RegistryConfig[https://registry:8081, authorization=Bearer]",
        RegistryConfig.bearer(address, "s3cret").toString());
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RegistryConfig.open(URI.create("https://user:s3cret@registry")));
    assertEquals(
        "schema-registry: \"https://(user)@registry\" is not http(s)://host without user",
        e.getMessage());
  }

  @Test
  void aReplyWithoutEndIsNotReadToItsEnd() {
    byte[] piece = new byte[1 << 16];
    AtomicLong sent = new AtomicLong();
    try (LoopbackServer endless =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(socket, "HTTP/1.1 200 OK\nConnection: close", piece);
              while (true) { // until the client goes away
                socket.getOutputStream().write(piece);
                sent.addAndGet(piece.length);
              }
            })) {
      SchemaRegistry refused = new SchemaRegistry(RegistryConfig.open(endless.uri()));
      var e = assertThrows(UncheckedIOException.class, () -> refused.schema(1));
      assertTrue(e.getMessage().contains("more than 1048576 bytes"), e.getMessage());
      assertTrue(sent.get() < 64 << 20, () -> sent + " bytes were sent");
    }
  }

  @Test
  void aReplyThatStopsInItsMiddleIsGivenUp() {
    try (LoopbackServer hanging =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(socket, "HTTP/1.1 200 OK\nContent-Length: 9", new byte[1]);
              LoopbackServer.hang(socket);
            })) {
      SchemaRegistry refused = new SchemaRegistry(RegistryConfig.open(hanging.uri()));
      var e = assertThrows(UncheckedIOException.class, () -> refused.schema(1));
      assertTrue(e.getMessage().contains("no reply within PT5S"), e.getMessage());
    }
  }
}
