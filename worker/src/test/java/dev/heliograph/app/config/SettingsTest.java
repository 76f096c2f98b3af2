package dev.heliograph.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir private Path folder;

  @Test
  void flagsWinOverEnvironmentOverFileOverDefaults() throws IOException {
    Path file = folder.resolve("heliograph.properties");
    Files.writeString(file, "kafka.group=file\ndevice.batch=2\nworker.in-flight=3\n");
    Settings settings =
        Settings.of(
            Optional.of(file),
            Map.of("HELIOGRAPH_KAFKA_GROUP", "environment", "HELIOGRAPH_DEVICE_BATCH", "4"),
            Map.of("kafka.group", "flag"));

    assertEquals("flag", settings.required(Setting.KAFKA_GROUP));
    assertEquals(4, settings.number(Setting.DEVICE_BATCH, 1, 100));
    assertEquals(3, settings.number(Setting.WORKER_IN_FLIGHT, 1, 100));
    assertEquals(Duration.ofSeconds(30), settings.duration(Setting.WORKER_SHUTDOWN));
    assertEquals(
        PreprocessType.TARGETPAD, settings.choice(Setting.MODEL_PREPROCESS, PreprocessType.class));
  }

  @Test
  void kafkaPropertiesComeFromEveryOrigin() throws IOException {
    Path file = folder.resolve("heliograph.properties");
    Files.writeString(file, "kafka.property.security.protocol=SSL\nkafka.property.a.b=1\n");
    Settings settings =
        Settings.of(
            Optional.of(file),
            Map.of("HELIOGRAPH_KAFKA_PROPERTY_SASL_MECHANISM", "SCRAM-SHA-512"),
            Map.of("kafka.property.a.b", "2"));

    assertEquals(
        Map.of("security.protocol", "SSL", "sasl.mechanism", "SCRAM-SHA-512", "a.b", "2"),
        settings.kafkaProperties());
  }

  @Test
  void messagesNameTheSettingAndWhatItMayBe() throws IOException {
    assertMessage(
        "kafka.bootstrap-servers is not set (environment: HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS)",
        () -> of(Map.of()).required(Setting.KAFKA_BOOTSTRAP_SERVERS));
    assertMessage(
        "device.batch: \"many\" is not a number in 1..64",
        () -> of(Map.of("device.batch", "many")).number(Setting.DEVICE_BATCH, 1, 64));
    assertMessage(
        "worker.shutdown: \"30s\" is not an ISO 8601 duration such as PT30S",
        () -> of(Map.of("worker.shutdown", "30s")).duration(Setting.WORKER_SHUTDOWN));
    assertMessage(
        "model.preprocess: \"x\" is not one of targetpad, squarepad, clip",
        () ->
            of(Map.of("model.preprocess", "x"))
                .choice(Setting.MODEL_PREPROCESS, PreprocessType.class));
    assertMessage("flag --set: unknown setting device.btch", () -> of(Map.of("device.btch", "1")));
  }

  @Test
  void listsAreSplitAtCommas() {
    assertEquals(
        List.of("a", "b/c"),
        of(Map.of("references.buckets", " a, b/c ,")).list(Setting.REFERENCES_BUCKETS));
    assertEquals(List.of(), of(Map.of()).list(Setting.REFERENCES_BUCKETS));
  }

  @Test
  void readmeListsEverySettingWithItsDefault() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    for (Setting setting : Setting.values()) {
      String value = setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
      String row = "| `" + setting.key() + "` | " + value + " | " + setting.description() + " |";
      assertTrue(readme.contains(row), "README.md lacks the row: " + row);
    }
  }

  private static Settings of(Map<String, String> flags) {
    return Settings.of(Optional.empty(), Map.of(), flags);
  }

  private static void assertMessage(String message, org.junit.jupiter.api.function.Executable x) {
    assertEquals(message, assertThrows(SettingException.class, x).getMessage());
  }
}
