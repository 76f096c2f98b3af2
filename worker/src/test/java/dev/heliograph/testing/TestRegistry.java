package dev.heliograph.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A schema registry over Confluent's HTTP interface, at a path as Apicurio has it, for one user.
 * Ids begin at 1; a schema that is there keeps its id; each subject counts its versions.
 */
public final class TestRegistry implements AutoCloseable {
  private static final String BASE = "/apis/ccompat/v7";

  private final ObjectMapper json = new ObjectMapper();
  private final List<String> schemas = new ArrayList<>();
  private final List<String> subjects = new ArrayList<>();
  private final HttpServer server;
  private final String authorization;

  private TestRegistry(HttpServer server, String user, String password) {
    this.server = server;
    byte[] pair = (user + ":" + password).getBytes(UTF_8);
    this.authorization = "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  public static TestRegistry start(String user, String password) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestRegistry registry = new TestRegistry(server, user, password);
    server.createContext("/", registry::handle);
    server.start();
    return registry;
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + BASE);
  }

  /** The subjects that schemas were registered under, in order. */
  public synchronized List<String> subjects() {
    return List.copyOf(subjects);
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      reply(exchange, 401, Map.of("error_code", 401, "message", "Unauthorized"));
    } else if (path.startsWith(BASE + "/schemas/ids/")) {
      int id = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
      boolean known = id >= 1 && id <= schemas.size();
      reply(
          exchange,
          known ? 200 : 404,
          known
              ? Map.of("schema", schemas.get(id - 1))
              : Map.of("error_code", 40403, "message", "Schema not found"));
    } else if (path.startsWith(BASE + "/subjects/") && path.endsWith("/versions")) {
      String subject = path.substring((BASE + "/subjects/").length(), path.lastIndexOf('/'));
      String schema = json.readTree(exchange.getRequestBody()).path("schema").asText();
      if (!schemas.contains(schema)) {
        schemas.add(schema);
        subjects.add(subject);
      }
      reply(exchange, 200, Map.of("id", schemas.indexOf(schema) + 1));
    } else {
      reply(exchange, 404, Map.of("error_code", 404, "message", "not found"));
    }
  }

  private void reply(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = json.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
