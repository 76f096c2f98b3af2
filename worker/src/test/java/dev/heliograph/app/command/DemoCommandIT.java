package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.demo.DemoQuery;
import dev.heliograph.demo.DemoWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.SetSystemProperty;

/** The demo as users see it: broker, object store and worker in this process. */
@SetSystemProperty(key = "heliograph.home", value = "..")
class DemoCommandIT {
  @TempDir private Path folder;

  @Test
  void answersEachOfItsQueriesAndShowsThem() throws Exception {
    List<String> ids = DemoWorld.create().queries().stream().map(DemoQuery::queryId).toList();

    CommandRun run = CommandRun.of("demo", "--dir", folder);

    assertEquals(0, run.exitCode(), run::err);
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
}
