package dev.heliograph.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  @Test
  void turnsRedWithTheReasonAndGreenAgain() throws Exception {
    List<String> problems = new CopyOnWriteArrayList<>();
    try (HealthServer server =
        new HealthServer("127.0.0.1", 0, List::of, () -> problems, () -> "queries_total 1\n")) {
      assertEquals("200 ok", get(server, "/readyz"));
      problems.add("bucket artifacts: unreachable");
      assertEquals("503 bucket artifacts: unreachable", get(server, "/readyz"));
      assertEquals("200 ok", get(server, "/livez"));
      problems.clear();
      assertEquals("200 ok", get(server, "/readyz"));
      assertEquals("200 queries_total 1", get(server, "/metrics"));
      assertEquals("404 not found", get(server, "/secret"));
    }
  }

  private static String get(HealthServer server, String path) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body().strip();
  }
}
