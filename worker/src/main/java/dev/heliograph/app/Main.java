package dev.heliograph.app;

import dev.heliograph.app.command.HeliographCommand;

/** Entry point of {@code ./heliograph <command>}. */
public final class Main {
  private Main() {}

  /** Exits with 0 if done, 1 if failed, 2 if the command line is wrong. */
  public static void main(String[] args) {
    System.exit(HeliographCommand.commandLine().execute(args));
  }
}
