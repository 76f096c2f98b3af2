package dev.heliograph.app.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /livez}, {@code /readyz} and {@code /metrics} over plain HTTP. A check answers with
 * its problems, one line each: none is 200, any is 503 with the lines.
 */
public final class HealthServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthServer.class);
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2, HealthServer::thread);

  /**
   * Starts serving.
   *
   * @param port 0 for any free one
   * @param live problems that a restart would mend
   * @param ready problems because of which no work should be sent here
   * @param metrics in Prometheus' text format
   * @throws IOException if the port is taken
   */
  public HealthServer(
      String host,
      int port,
      Supplier<List<String>> live,
      Supplier<List<String>> ready,
      Supplier<String> metrics)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(host, port), 16);
    server.createContext("/livez", exchange -> check(exchange, live));
    server.createContext("/readyz", exchange -> check(exchange, ready));
    server.createContext("/metrics", exchange -> reply(exchange, 200, PROMETHEUS, metrics.get()));
    server.createContext("/", exchange -> reply(exchange, 404, PLAIN, "not found\n"));
    server.setExecutor(threads);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void check(HttpExchange exchange, Supplier<List<String>> check)
      throws IOException {
    List<String> problems = check.get();
    if (problems.isEmpty()) {
      reply(exchange, 200, PLAIN, "ok\n");
    } else {
      reply(exchange, 503, PLAIN, String.join("\n", problems) + "\n");
    }
  }

  private static void reply(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream stream = exchange.getResponseBody()) {
        stream.write(body);
      }
    } catch (IOException e) {
      log.debug("a client of {} went away", exchange.getRequestURI(), e);
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "heliograph-health");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
