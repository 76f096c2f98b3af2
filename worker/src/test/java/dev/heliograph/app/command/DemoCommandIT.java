package dev.heliograph.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.Main;
import dev.heliograph.demo.DemoQuery;
import dev.heliograph.demo.DemoWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as users see it: broker, object store and worker in one process. */
class DemoCommandIT {
  @TempDir private Path folder;

  @Test
  void answersEachOfItsQueriesAndShowsThem() throws Exception {
    List<String> ids = DemoWorld.create().queries().stream().map(DemoQuery::queryId).toList();

    CommandRun run = demo();

    assertEquals(0, run.exitCode(), run::err);
    assertEquals(
        List.of(
            "Drawing 300 pictures into " + folder.resolve("images") + " ...",
            "Encoding them as gallery demo-world ...",
            "Starting a Kafka broker, an S3 object store and the worker ...",
            "Submitting 7 queries ...",
            "Verifying and replaying the record of one of them ..."),
        run.errLines(),
        "nobody else says anything");
    assertEquals(7, ids.size());
    String page = Files.readString(folder.resolve("index.html"));
    for (String id : ids) {
      assertEquals(1, run.outLines().stream().filter(row -> row.startsWith(id + " ")).count(), id);
      assertTrue(page.contains(id), id);
    }
    assertTrue(run.out().contains("VERIFIED; replayed: BITWISE_EQUAL"), run::out);
    assertTrue(page.contains("was verified (<strong>VERIFIED</strong>)"), "verified on the page");
    assertTrue(page.contains(ids.get(0) + ": BITWISE_EQUAL"), "replayed on the page");
    List<String> answered = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("completions.jsonl"))) {
      JsonNode completion = new ObjectMapper().readTree(line);
      assertEquals("COMPLETED", completion.get("outcome").asText(), line);
      answered.add(completion.get("queryId").asText());
    }
    assertEquals(ids, answered);
  }

  /** In a process of its own, where broker, store and clients log as they do for users. */
  private CommandRun demo() throws Exception {
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=logback.xml", // not the tests' own
                "-Dheliograph.home=..",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo",
                "--dir",
                folder.toString())
            .redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HELIOGRAPH_"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new CommandRun(process.waitFor(), output, Files.readString(errors));
  }
}
