package dev.heliograph.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launchers' own flags for the JVM go with those that users add: a real JVM takes them all. */
class LaunchersTest {
  /** Stands in for the JVM: everything before {@code -jar} goes to the real one. */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      flags=()
      for flag; do [ "$flag" = -jar ] && break; flags+=("$flag"); done
      exec "$REAL_JAVA" "${flags[@]}" -XX:+PrintCommandLineFlags -version
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "../heliograph, '', '', UseSerialGC",
    "../heliograph, -Xmx64m, '', UseSerialGC",
    "../heliograph, -Xmx64m -XX:+UseParallelGC, '', UseParallelGC",
    "../heliograph, '', -XX:+UseParallelGC -Xmx64m, UseParallelGC",
    "../infra/docker/heliograph, '', '', UseSerialGC",
    "../infra/docker/heliograph, -XX:MaxRAMPercentage=50, '', UseSerialGC",
    "../infra/docker/heliograph, -Xmx64m, '', UseSerialGC",
    "../infra/docker/heliograph, -XX:+UseG1GC -Xms64m, '', UseG1GC",
    "../infra/docker/heliograph, -XX:MaxRAMPercentage=50, -XX:+UseG1GC, UseG1GC"
  })
  void flagsOfUsersGoWithItsOwn(Path launcher, String flags, String toolOptions, String collector)
      throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("java"), JAVA);
    // Where no pom.xml is, nothing is packaged.
    Path copy = executable(folder.resolve("heliograph"), Files.readString(launcher));
    for (Path place : List.of(folder, Files.createDirectory(folder.resolve("infra")))) {
      Files.copy(Path.of("../infra/jvm.sh"), place.resolve("jvm.sh"));
    }
    ProcessBuilder builder =
        new ProcessBuilder(copy.toString(), "--help").redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                folder.toString(),
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "REAL_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "HELIOGRAPH_NATIVE",
                folder.toString(),
                "HELIOGRAPH_JAVA_OPTS",
                flags,
                "JAVA_TOOL_OPTIONS",
                toolOptions));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("-XX:+" + collector), output);
  }

  private static Path executable(Path file, String text) throws Exception {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
