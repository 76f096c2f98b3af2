package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that shares no code with us asks and understands. {@code HELIOGRAPH_PYTHON} names a
 * Python that has what {@code infra/python-client/requirements.txt} lists; without it, the test is
 * reported as skipped.
 */
class PythonClientIT {
  private static final Path SCRIPT = Path.of("../infra/python-client/heliograph_client.py");
  private static final Pattern RESULT =
      Pattern.compile("  [ 1]\\d\\. scene-\\d\\d\\.jpg  0\\.\\d{4}( {2}most because .*)?");

  @TempDir private Path folder;

  @Test
  void submitsReadsAndChecksEveryArtifact() throws Exception {
    String python = System.getenv("HELIOGRAPH_PYTHON");
    assumeTrue(python != null, "HELIOGRAPH_PYTHON names no interpreter");
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        Worker worker = WorkerFixture.startWorker(fixture.flags())) {
      Path inline = Files.write(folder.resolve("inline.jpg"), WorkerFixture.picture(100));
      URI located = fixture.putReference("located.jpg", WorkerFixture.picture(101));
      ProcessBuilder builder =
          new ProcessBuilder(
              python,
              SCRIPT.toAbsolutePath().normalize().toString(),
              "--gallery=" + WorkerFixture.GALLERY,
              "--caption=is red instead of blue",
              "--top-k=5",
              "--timeout=120",
              inline.toString(),
              located.toString());
      Map<String, String> flags = fixture.flags();
      for (String key :
          List.of(
              "kafka.bootstrap-servers",
              "store.endpoint",
              "store.access-key",
              "store.secret-key")) {
        String variable = "HELIOGRAPH_" + key.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
        builder.environment().put(variable, flags.get(key));
      }
      Process client = builder.redirectErrorStream(true).start();
      String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(client.waitFor(3, TimeUnit.MINUTES), output);
      assertEquals(0, client.exitValue(), output);
      assertEquals(2, output.lines().filter(line -> line.contains("COMPLETED")).count(), output);
      List<String> results = output.lines().filter(line -> RESULT.matcher(line).matches()).toList();
      assertEquals(10, results.size(), output);
      assertEquals(6, results.stream().filter(line -> line.contains("because")).count(), output);
      assertTrue(worker.isRunning());
    }
  }
}
