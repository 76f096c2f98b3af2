package dev.heliograph.app.command;

import dev.heliograph.app.Version;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.inference.EvalType;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command line: results on stdout, everything else on stderr, one line per error. */
@Command(
    name = "heliograph",
    description = "Answers composed image retrieval queries and explains every answer.",
    mixinStandardHelpOptions = true,
    versionProvider = HeliographCommand.VersionText.class,
    synopsisSubcommandLabel = "<command>",
    subcommands = {
      DemoCommand.class,
      WorkerCommand.class,
      SubmitCommand.class,
      CancelCommand.class,
      QueryCommand.class,
      GalleryCommand.class,
      ModelCommand.class,
      DeadLettersCommand.class,
      AuditCommand.class,
      SealerCommand.class,
      BucketCommand.class
    })
public final class HeliographCommand {

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces of failures.")
  private boolean debug;

  private HeliographCommand() {}

  /** Ready to execute. */
  public static CommandLine commandLine() {
    HeliographCommand root = new HeliographCommand();
    return new CommandLine(root)
        .registerConverter(EvalType.class, HeliographCommand::evalType)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(HeliographCommand::refuse)
        .setExecutionExceptionHandler(root::report);
  }

  private static EvalType evalType(String name) {
    try {
      return EvalType.of(name);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * For commands that are not services: SIGTERM, SIGINT and SIGHUP end the process at once, but not
   * while a model is loaded or in the middle of its pass, which would end it as crashed. A second
   * one does not wait.
   */
  public static void endBySignals() {
    TerminationSignals.endBetweenPasses();
  }

  private static int refuse(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("heliograph: " + oneLine(e.getMessage()));
    command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    command.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  private int report(Exception e, CommandLine command, ParseResult parsed) {
    command.getErr().println("heliograph: " + message(e));
    if (debug) {
      e.printStackTrace(command.getErr());
    }
    command.getErr().flush();
    return isUsage(e) ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isUsage(Exception e) {
    return e instanceof UsageException
        || e instanceof SettingException
        || (e instanceof QueryFailedException failed && failed.code() == FailureCode.INVALID_QUERY);
  }

  /** Our own exceptions say it all in one line; of others the type belongs to it. */
  private static String message(Exception e) {
    boolean own = e.getClass().getName().startsWith("dev.heliograph.") && e.getMessage() != null;
    String text = own || e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
    return oneLine(String.valueOf(text));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  /** Name, version, and what runs it. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "heliograph " + Version.current(), "Java " + System.getProperty("java.version")
      };
    }
  }
}
