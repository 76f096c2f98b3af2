package dev.heliograph.app.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts a class of this class path in a process of its own. */
final class JavaProcess {
  private JavaProcess() {}

  /**
   * @param log gets what the process prints
   */
  static Process start(
      List<String> flags,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    return start(
        Path.of(System.getProperty("java.home")), flags, main, arguments, environment, log);
  }

  /**
   * @param javaHome of the JDK that runs it
   */
  static Process start(
      Path javaHome,
      List<String> flags,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }
}
