package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
}
