package dev.heliograph.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.inference.EndlessPass;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminationSignalsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int SIGTERM_STATUS = 143;

  private Process process;

  @AfterEach
  void endProcess() {
    process.destroyForcibly();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void aCommandEndsWithTheSignalsStatus(String signal, int status) throws Exception {
    start("idle");

    send(signal);

    assertEquals(status, process.waitFor());
  }

  @Test
  void aSecondSignalEndsAPassThatDoesNot() throws Exception {
    start("computing");

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              send("TERM");
              return !process.isAlive();
            });

    assertEquals(SIGTERM_STATUS, process.exitValue());
  }

  /** With signals as they are by default, whatever the tests run under ignores. */
  private void start(String computing) throws IOException {
    process =
        new ProcessBuilder(
                "env",
                "--default-signal",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndlessPass.class.getName(),
                computing)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("ready", new BufferedReader(process.inputReader(UTF_8)).readLine());
  }

  private void send(String signal) throws Exception {
    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
  }
}
