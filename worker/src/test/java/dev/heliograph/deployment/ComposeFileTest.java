package dev.heliograph.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heliograph.app.config.Setting;
import dev.heliograph.messaging.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml promises; that it works, {@code .ci/compose} shows. */
class ComposeFileTest {
  private static final Path ROOT = Path.of("..");

  private static JsonNode services;

  @BeforeAll
  static void read() throws IOException {
    services =
        new ObjectMapper(new YAMLFactory())
            .readTree(ROOT.resolve("docker-compose.yml").toFile())
            .path("services");
  }

  @Test
  void nothingIsReachedFromOtherMachines() {
    Map<String, List<String>> ports =
        services.properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> texts(each.getValue(), "ports")));

    assertTrue(ports.get("worker").contains("127.0.0.1:8080:8080"), ports::toString);
    ports
        .values()
        .forEach(all -> all.forEach(port -> assertTrue(port.startsWith("127.0.0.1:"), port)));
  }

  @Test
  void theWorkerIsUnprivilegedAndHasTheTimeToFinish() {
    JsonNode worker = services.path("worker");

    assertTrue(worker.path("read_only").asBoolean());
    assertEquals(List.of("ALL"), texts(worker, "cap_drop"));
    assertEquals(List.of("no-new-privileges:true"), texts(worker, "security_opt"));
    assertEquals(1, texts(worker, "tmpfs").size());
    texts(worker, "volumes").forEach(volume -> assertTrue(volume.endsWith(":ro"), volume));
    Duration grace = Duration.parse("PT" + worker.path("stop_grace_period").asText());
    Duration shutdown = Duration.parse(Setting.WORKER_SHUTDOWN.defaultValue());
    assertTrue(grace.compareTo(shutdown) > 0, grace + " is not over " + shutdown);
  }

  @Test
  void everyVariableOfTheWorkersIsASetting() {
    Set<String> variables = new TreeSet<>();
    for (String name : List.of("worker", "worker-gpu")) {
      services.path(name).path("environment").fieldNames().forEachRemaining(variables::add);
    }

    assertTrue(variables.remove("<<"), "worker-gpu has the settings of worker");
    assertTrue(variables.size() > 10, variables::toString);
    variables.removeAll(WorkerVariables.all());
    assertEquals(Set.of(), variables);
  }

  @Test
  void everyTopicOfTheDefaultsIsMade() {
    String script = services.at("/topics/command/0").asText();

    for (String topic :
        List.of(
            Topics.DEFAULT.queries(),
            Topics.DEFAULT.completions(),
            Topics.DEFAULT.deadLetters(),
            Topics.DEFAULT.attestations(),
            Setting.KAFKA_CANCEL_TOPIC.defaultValue())) {
      assertTrue(
          script.lines().anyMatch(line -> line.matches("create " + topic + "( .*)?")), topic);
    }
  }

  @Test
  void otherPeoplesImagesHaveAVersion() {
    for (String name : List.of("kafka", "store", "prometheus", "grafana")) {
      String image = services.path(name).path("image").asText();
      assertTrue(image.matches("\\$\\{[A-Z]+_IMAGE:-[a-z/]+:v?\\d+\\.\\d+\\.\\d+}"), image);
    }
  }

  /** Docker would make an empty folder of a file that is not there. */
  @Test
  void everyFileThatIsMountedIsThere() {
    for (JsonNode service : services) {
      for (String volume : texts(service, "volumes")) {
        if (volume.startsWith("./")) {
          Path source = ROOT.resolve(volume.substring(0, volume.indexOf(':')));
          assertTrue(Files.exists(source), volume);
        }
      }
    }
    assertFalse(texts(services.path("grafana"), "volumes").isEmpty());
  }

  private static List<String> texts(JsonNode service, String field) {
    return StreamSupport.stream(service.path(field).spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }
}
