package dev.heliograph.app.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph model}: model folders. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Inspects model folders, fetches published weights, compares precisions.",
    synopsisSubcommandLabel = "(info | fetch | precision)",
    subcommands = {ModelInfoCommand.class, ModelFetchCommand.class, ModelPrecisionCommand.class})
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing required subcommand: info, fetch or precision");
  }
}
