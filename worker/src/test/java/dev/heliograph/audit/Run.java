package dev.heliograph.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run to its end.
 *
 * @param exitCode -1 if there is no such program
 * @param output standard output and error together
 */
record Run(int exitCode, String output) {
  private static final int MINUTES = 5;

  static Run of(Path folder, String... command) throws InterruptedException {
    try {
      Path output = Files.createTempFile("run", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(String.join(" ", command) + " did not end");
        }
        return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return new Run(-1, e.toString());
    }
  }
}
