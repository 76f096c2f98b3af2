package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The formats of log lines, as {@code HELIOGRAPH_LOG_FORMAT} chooses: each in a process. */
class LogFormatTest {

  /** Logs one line of a query's work. */
  static final class Speaker {
    public static void main(String[] arguments) {
      MDC.put("queryId", "q-1");
      MDC.put("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736");
      LoggerFactory.getLogger("dev.heliograph.Speaker").info("{} \"images\"", 3);
    }
  }

  @Test
  void jsonIsOneObjectPerLineWithQueryAndTrace() throws Exception {
    JsonNode line = new ObjectMapper().readTree(run("json", Speaker.class, 0));
    assertEquals("3 \"images\"", line.get("formattedMessage").asText());
    assertEquals("INFO", line.get("level").asText());
    assertEquals("dev.heliograph.Speaker", line.get("loggerName").asText());
    assertEquals("q-1", line.at("/mdc/queryId").asText());
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", line.at("/mdc/trace_id").asText());
    assertTrue(line.get("timestamp").isNumber());
  }

  @Test
  void textIsTheDefault() throws Exception {
    String line = run(null, Speaker.class, 0);
    assertTrue(line.endsWith("3 \"images\""), line);
    assertFalse(line.startsWith("{"), line);
  }

  @Test
  void anotherFormatIsRefusedBeforeAnythingIsLost() throws Exception {
    assertEquals(
        "heliograph: HELIOGRAPH_LOG_FORMAT: \"xml\" is neither text nor json",
        run("xml", Main.class, 2));
  }

  private static String run(String format, Class<?> main, int status) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=logback.xml", // not the tests' own
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    builder.environment().keySet().removeIf(name -> name.startsWith("HELIOGRAPH_"));
    if (format != null) {
      builder.environment().put("HELIOGRAPH_LOG_FORMAT", format);
    }
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), output);
    assertEquals(1, output.strip().lines().count(), output);
    return output.strip();
  }
}
