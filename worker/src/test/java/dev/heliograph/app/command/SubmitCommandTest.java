package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCommandTest {

  @Test
  void interactiveNeedsATopic() {
    CommandRun run =
        CommandRun.of(
            "submit",
            "--set=kafka.bootstrap-servers=127.0.0.1:9",
            "--gallery=scenes",
            "--reference=s3://bucket/key.png",
            "--caption=is blue",
            "--interactive");
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains("--interactive: kafka.interactive-topic is empty"), run.err());
  }

  @Test
  void aMissingReferenceIsNamedByItsFlag() {
    CommandRun run =
        CommandRun.of("submit", "--gallery=scenes", "--reference=missing.png", "--caption=is blue");
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().startsWith("heliograph: --reference: missing.png cannot"), run.err());
  }

  @Test
  void aFilesLinesAreNamedByTheirFields(@TempDir Path folder) throws IOException {
    String line =
        """
        {"gallery": "scenes", "reference": "s3://bucket/a.png", "captions": ["is blue"], "topK": 0}
        """;
    Path file = Files.writeString(folder.resolve("queries.jsonl"), line);
    CommandRun run = CommandRun.of("submit", "--file", file);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(" line 1: topK: 0 is not in 1..1000"), run.err());
  }
}
