package dev.heliograph.app;

import dev.heliograph.app.command.HeliographCommand;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Entry point of {@code ./heliograph <command>}. */
public final class Main {
  private static final String LOG_LEVEL = "HELIOGRAPH_LOG_LEVEL";

  /** Each has a file, logback-….xml. */
  private static final String LOG_FORMAT = "HELIOGRAPH_LOG_FORMAT";

  private static final Set<String> LOG_FORMATS = Set.of("text", "json");

  /** These tell what they do. */
  private static final Set<String> SERVICES = Set.of("worker", "sealer");

  private Main() {}

  /** Commands have their results to show. */
  private static void quietLogs() {
    if (System.getenv(LOG_LEVEL) == null && System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "WARN");
    }
  }

  /** Before anything is logged: with another name there would be no logs at all. */
  private static boolean isLogFormatKnown() {
    String format = System.getenv().getOrDefault(LOG_FORMAT, "text");
    if (!LOG_FORMATS.contains(format)) {
      System.err.println(
          "heliograph: " + LOG_FORMAT + ": \"" + format + "\" is neither text nor json");
      return false;
    }
    return true;
  }

  /** Whether it has something to finish when it is told to stop. */
  static boolean isFinishing(String... args) {
    String command = command(args);
    return SERVICES.contains(command)
        || (command.equals("demo") && List.of(args).contains("--keep"));
  }

  /** What comes behind the options that all commands have; empty if nothing does. */
  private static String command(String... args) {
    return Stream.of(args).filter(arg -> !arg.startsWith("-")).findFirst().orElse("");
  }

  /** Exits with 0 if done, 1 if failed, 2 if the command line is wrong. */
  public static void main(String[] args) {
    if (!isLogFormatKnown()) {
      System.exit(CommandLine.ExitCode.USAGE);
    }
    if (!SERVICES.contains(command(args))) {
      quietLogs();
    }
    if (!isFinishing(args)) {
      HeliographCommand.endBySignals();
    }
    System.exit(HeliographCommand.commandLine().execute(args));
  }
}
