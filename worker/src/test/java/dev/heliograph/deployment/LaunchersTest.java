package dev.heliograph.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers' own flags for the JVM go with those that users add: a real JVM takes them all. */
class LaunchersTest {
  /**
   * Stands in for the JVM: everything before {@code -jar} goes to the real one. As JDK 17.0.9 and
   * 21.0.2 do, it refuses the trimming of free memory unless what is experimental is unlocked.
   */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      flags=()
      for flag; do [ "$flag" = -jar ] && break; flags+=("$flag"); done
      if [[ ${flags[*]%%TrimNativeHeap*} != *+UnlockExperimentalVMOptions* && ${flags[*]} = *TrimNativeHeap* ]]; then
        echo "TrimNativeHeapInterval is locked"
        exit 1
      fi
      exec "$REAL_JAVA" "${flags[@]}" -XX:+PrintCommandLineFlags -version
      """;

  /** Stands in for Maven, in the folder whose pom.xml it is given. */
  private static final String MAVEN =
      """
      #!/usr/bin/env bash
      mkdir -p "$(dirname "$2")/worker/target"
      touch "$(dirname "$2")/worker/target/heliograph-worker.jar"
      echo "Maven's line"
      """;

  /** Read by the JVM or by the launchers. */
  private static final Set<String> VARIABLES =
      Set.of("HELIOGRAPH_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private static final String TRIMMING = "-XX:TrimNativeHeapInterval=";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "../heliograph, HELIOGRAPH_JAVA_OPTS, '', UseSerialGC, 67108864",
    "../heliograph, HELIOGRAPH_JAVA_OPTS, -Xmx4g, UseSerialGC, 67108864",
    "../heliograph, HELIOGRAPH_JAVA_OPTS, -Xmx64m, UseSerialGC, ''",
    "../heliograph, HELIOGRAPH_JAVA_OPTS, -XX:MaxHeapSize=100m, UseSerialGC, ''",
    "../heliograph, HELIOGRAPH_JAVA_OPTS, -Xmn96m -XX:+UseGCOverheadLimit, UseSerialGC, 100663296",
    "../heliograph, HELIOGRAPH_JAVA_OPTS, -Xmx64m -XX:+UseParallelGC, UseParallelGC, ''",
    "../heliograph, JAVA_TOOL_OPTIONS, -XX:+UseParallelGC -Xmx64m, UseParallelGC, ''",
    "../heliograph, JAVA_TOOL_OPTIONS, '-Dx=1\n-XX:+UseParallelGC\n', UseParallelGC, ''",
    "../heliograph, _JAVA_OPTIONS, -XX:+UseParallelGC, UseParallelGC, ''",
    "../heliograph, JDK_JAVA_OPTIONS, \"-XX:+UseParallelGC\", UseParallelGC, ''",
    "../infra/docker/heliograph, HELIOGRAPH_JAVA_OPTS, '', UseSerialGC, 67108864",
    "../infra/docker/heliograph, HELIOGRAPH_JAVA_OPTS, -XX:MaxRAMPercentage=50, UseSerialGC, 67108864",
    "../infra/docker/heliograph, HELIOGRAPH_JAVA_OPTS, -Xmx64m, UseSerialGC, ''",
    "../infra/docker/heliograph, HELIOGRAPH_JAVA_OPTS, -XX:+UseG1GC -Xms64m, UseG1GC, ''",
    "../infra/docker/heliograph, JAVA_TOOL_OPTIONS, -XX:+UseG1GC, UseG1GC, ''"
  })
  void flagsOfUsersGoWithItsOwn(
      Path launcher, String variable, String flags, String collector, String youngest)
      throws Exception {
    String output = start(launcher, variable, flags);
    assertTrue(output.contains("-XX:+" + collector), output);
    assertTrue(youngest.isEmpty() || output.contains("-XX:MaxNewSize=" + youngest), output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../heliograph", "../infra/docker/heliograph"})
  void freeMemoryGoesBackWhereTheJvmKnowsHow(Path launcher) throws Exception {
    Path home = Path.of(System.getProperty("java.home"));
    Files.createSymbolicLink(folder.resolve("lib"), home.resolve("lib"));

    String output = start(launcher, "HELIOGRAPH_JAVA_OPTS", "");

    assertEquals(knowsTrimming(), output.contains(TRIMMING + 5000), output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../heliograph", "../infra/docker/heliograph"})
  void anOlderJvmIsNotAskedTo(Path launcher) throws Exception {
    Path library = Files.createDirectories(folder.resolve("lib/server")).resolve("libjvm.so");
    Files.writeString(library, "MaxNewSize");

    String output = start(launcher, "HELIOGRAPH_JAVA_OPTS", "");

    assertFalse(output.contains(TRIMMING), output);
  }

  private static boolean knowsTrimming() {
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .getVMOption("TrimNativeHeapInterval");
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What a real JVM says to the launcher's flags. */
  private String start(Path launcher, String variable, String flags) throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("java"), JAVA);
    // Where no pom.xml is, nothing is packaged.
    Path copy = executable(folder.resolve("heliograph"), Files.readString(launcher));
    for (Path place : List.of(folder, Files.createDirectory(folder.resolve("infra")))) {
      Files.copy(Path.of("../infra/jvm.sh"), place.resolve("jvm.sh"));
    }
    ProcessBuilder builder =
        new ProcessBuilder(copy.toString(), "--help").redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(VARIABLES);
    environment.put("JAVA_HOME", folder.toString());
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
    environment.put(
        "REAL_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    environment.put("HELIOGRAPH_NATIVE", folder.toString());
    environment.put(variable, flags);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void sourcesAreBuiltFirstAndItIsSaidHowLongThatTakes() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("mvn"), MAVEN);
    executable(bin.resolve("java"), "#!/bin/sh\necho answer\n");
    Path launcher = notBuilt();

    assertEquals(
        "heliograph: building it first, which takes about a minute ...\nanswer\n",
        said(0, launcher, bin));
    assertEquals("answer\n", said(0, launcher, bin), "built once");
  }

  @Test
  void whatMavenSaysIsShownWhereItFails() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("mvn"), "#!/bin/sh\necho reason\nexit 7\n");

    assertEquals(
        "heliograph: building it first, which takes about a minute ...\nreason\n",
        said(7, notBuilt(), bin));
  }

  /** The launcher, and sources beside it. */
  private Path notBuilt() throws Exception {
    Path launcher =
        executable(folder.resolve("heliograph"), Files.readString(Path.of("../heliograph")));
    Path infra = Files.createDirectory(folder.resolve("infra"));
    Files.copy(Path.of("../infra/jvm.sh"), infra.resolve("jvm.sh"));
    Files.createFile(folder.resolve("pom.xml"));
    for (String module : List.of("schemas", "worker")) {
      Files.createDirectories(folder.resolve(module).resolve("src/main"));
      Files.createFile(folder.resolve(module).resolve("pom.xml"));
    }
    return launcher;
  }

  /** On standard error, then on standard output. */
  private String said(int status, Path launcher, Path bin) throws Exception {
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectError(errors.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(status, process.waitFor(), output);
    return Files.readString(errors) + output;
  }

  private static Path executable(Path file, String text) throws Exception {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
