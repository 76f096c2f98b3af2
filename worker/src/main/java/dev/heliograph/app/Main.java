package dev.heliograph.app;

import dev.heliograph.app.command.HeliographCommand;
import java.util.Set;

/** Entry point of {@code ./heliograph <command>}. */
public final class Main {
  private static final String LOG_LEVEL = "HELIOGRAPH_LOG_LEVEL";

  /** These tell what they do. */
  private static final Set<String> SERVICES = Set.of("worker", "sealer");

  private Main() {}

  /** Commands have their results to show. */
  private static void quietLogs() {
    if (System.getenv(LOG_LEVEL) == null && System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "WARN");
    }
  }

  /** Exits with 0 if done, 1 if failed, 2 if the command line is wrong. */
  public static void main(String[] args) {
    if (args.length == 0 || !SERVICES.contains(args[0])) {
      quietLogs();
    }
    System.exit(HeliographCommand.commandLine().execute(args));
  }
}
