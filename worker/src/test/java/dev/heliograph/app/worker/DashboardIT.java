package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.testing.ServerProcess;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus with our configuration reads a worker that answers: each panel of the dashboard
 * shows a number, each alert is evaluated.
 */
@EnabledIfEnvironmentVariable(
    named = "HELIOGRAPH_TEST_PROMETHEUS",
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_PROMETHEUS does not name a prometheus binary")
class DashboardIT {
  private static final Path FILES = Path.of("../infra/observability").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static Worker worker;
  private static ServerProcess prometheus;
  private static JsonNode dashboard;

  @BeforeAll
  static void answerWhilePrometheusReads() throws Exception {
    dashboard = JSON.readTree(FILES.resolve("grafana/dashboards/heliograph.json").toFile());
    fixture = WorkerFixture.start(folder);
    Map<String, String> flags = fixture.flags();
    flags.put("kafka.status-topic", WorkerFixture.STATUS_TOPIC);
    worker = WorkerFixture.startWorker(flags);
    prometheus = startPrometheus("127.0.0.1:" + worker.healthPort());
    awaitQuery("up == 1");
    new BadQueries(fixture).publishRaw("garbage", "no event at all".getBytes(UTF_8));
    fixture.ask(List.of(QueryEvents.toEvent(query("failed").gallery("nowhere").build())));
    // A histogram's buckets come with its first value, which is no increase yet.
    for (int i = 1; i <= 2; i++) {
      fixture.ask(query("completed-" + i).build());
      awaitQuery("heliograph_queries_total{outcome=\"completed\"} == " + i);
    }
  }

  /** As docker-compose.yml starts it, but for where the workers are, and how often it asks them. */
  private static ServerProcess startPrometheus(String target) throws Exception {
    ObjectNode config = (ObjectNode) YAML.readTree(FILES.resolve("prometheus.yml").toFile());
    ((ObjectNode) config.path("global"))
        .put("scrape_interval", "1s")
        .put("evaluation_interval", "1s");
    ((ArrayNode) config.path("rule_files")).removeAll().add(FILES.resolve("alerts.yml").toString());
    ObjectNode workers = (ObjectNode) config.at("/scrape_configs/0");
    workers.remove("dns_sd_configs");
    workers.putArray("static_configs").addObject().putArray("targets").add(target);
    Path file = folder.resolve("prometheus.yml");
    YAML.writeValue(file.toFile(), config);
    return ServerProcess.start(
        port ->
            List.of(
                System.getenv("HELIOGRAPH_TEST_PROMETHEUS"),
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port),
        Map.of(),
        folder.resolve("prometheus.log"));
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    worker.close();
    fixture.close();
  }

  @Test
  void everyPanelShowsANumber() throws Exception {
    List<String> empty = new ArrayList<>();
    int asked = 0;
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        asked++;
        if (!hasNumber(withoutVariables(target.path("expr").asText()))) {
          empty.add(panel.path("title").asText() + ": " + target.path("expr").asText());
        }
      }
    }
    assertEquals(List.of(), empty);
    assertTrue(asked > 20, asked + " expressions");
  }

  /** An alert that needs a second failure is silent about the first. */
  @Test
  void oneFailureIsAnIncrease() throws Exception {
    awaitQuery("increase(heliograph_failures_total{code=\"GALLERY_UNKNOWN\"}[5m]) > 0");
  }

  @Test
  void everyVariableHasTheWorkerAmongItsValues() throws Exception {
    int asked = 0;
    for (JsonNode variable : dashboard.at("/templating/list")) {
      Matcher values = LABEL_VALUES.matcher(variable.path("query").asText());
      if (values.matches()) {
        asked++;
        String path = "/api/v1/label/" + values.group(2) + "/values?match[]=";
        JsonNode found = ask(path, withoutVariables(values.group(1)));
        assertEquals(1, found.size(), found::toString);
      }
    }
    assertEquals(2, asked);
  }

  @Test
  void everyAlertIsEvaluatedAndOneFires() throws Exception {
    JsonNode inFile = YAML.readTree(FILES.resolve("alerts.yml").toFile());
    await()
        .atMost(WorkerFixture.PATIENCE)
        .until(() -> firing().contains("HeliographMalformedEvents"));
    JsonNode rules = ask("/api/v1/rules", "").at("/groups/0/rules");

    assertEquals(inFile.at("/groups/0/rules").size(), rules.size());
    for (JsonNode rule : rules) {
      assertEquals("ok", rule.path("health").asText(), rule::toString);
    }
    // GALLERY_UNKNOWN is its sender's fault.
    assertEquals(Set.of("HeliographMalformedEvents"), firing());
  }

  private static Set<String> firing() throws Exception {
    Set<String> names = new TreeSet<>();
    for (JsonNode alert : ask("/api/v1/alerts", "").path("alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        names.add(alert.at("/labels/alertname").asText());
      }
    }
    return names;
  }

  /** As Grafana asks with every variable at "All", and for an hour. */
  private static String withoutVariables(String expression) {
    return expression
        .replace("$__rate_interval", "5m")
        .replace("$job", ".*")
        .replace("$instance", ".*");
  }

  private static void awaitQuery(String expression) {
    await()
        .atMost(WorkerFixture.PATIENCE)
        .until(() -> !ask("/api/v1/query?query=", expression).path("result").isEmpty());
  }

  private static boolean hasNumber(String expression) throws Exception {
    JsonNode result = ask("/api/v1/query?query=", expression).path("result");
    return StreamSupport.stream(result.spliterator(), false)
        .anyMatch(series -> Double.isFinite(Double.parseDouble(series.at("/value/1").asText())));
  }

  /** The data of a reply; a query that Prometheus does not understand fails here. */
  private static JsonNode ask(String path, String argument) throws Exception {
    String address = "http://127.0.0.1:" + prometheus.port() + path.replace("[]", "%5B%5D");
    URI uri = URI.create(address + URLEncoder.encode(argument, UTF_8));
    JsonNode reply = JSON.readTree(WorkerFixture.get(uri).body());
    assertEquals("success", reply.path("status").asText(), () -> argument + ": " + reply);
    return reply.path("data");
  }
}
