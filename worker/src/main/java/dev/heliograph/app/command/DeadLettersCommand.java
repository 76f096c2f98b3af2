package dev.heliograph.app.command;

import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.messaging.DeadLetter;
import dev.heliograph.messaging.DeadLetters;
import dev.heliograph.query.FailureCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph dead-letters}: what could not be answered, with its original bytes. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    description = "Looks at the dead-letter topic.",
    synopsisSubcommandLabel = "(list | show)")
final class DeadLettersCommand implements Runnable {
  private static final Pattern PLACE = Pattern.compile("(\\d{1,9})@(\\d{1,18})");

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "Missing required subcommand: list or show");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line per dead letter: partition@offset, code, origin, message.")
  int list(
      @Mixin SettingsOptions settings,
      @Option(names = "--code", description = "Only this failure code.") @Nullable FailureCode code,
      @Option(names = "--limit", defaultValue = "100", description = "Default: 100.") int limit) {
    List<DeadLetter> letters =
        deadLetters(settings)
            .list(
                letter -> code == null || letter.code().filter(code.name()::equals).isPresent(),
                limit);
    PrintWriter out = spec.commandLine().getOut();
    for (DeadLetter letter : letters) {
      out.printf(
          "%d@%d  %s  %s  %s%n",
          letter.partition(),
          letter.offset(),
          letter.code().orElse("-"),
          letter.origin(),
          letter.message());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Everything about one dead letter, its value as hex.")
  int show(
      @Mixin SettingsOptions settings,
      @Parameters(paramLabel = "<partition@offset>", description = "As list prints it.")
          String place) {
    Matcher parts = PLACE.matcher(place);
    if (!parts.matches()) {
      throw new UsageException("\"" + place + "\" is not partition@offset");
    }
    DeadLetter letter =
        deadLetters(settings)
            .find(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)))
            .orElseThrow(() -> new UsageException("there is no dead letter at " + place));
    PrintWriter out = spec.commandLine().getOut();
    out.println("origin   " + letter.origin());
    out.println("code     " + letter.code().orElse("-"));
    out.println("message  " + letter.message());
    out.println("key      " + letter.keyText());
    letter.headers().forEach(h -> out.println("header   " + h.name() + ": " + h.text()));
    out.println("value    " + letter.valueHex());
    out.flush();
    return 0;
  }

  private static DeadLetters deadLetters(SettingsOptions settings) {
    Settings read = settings.read();
    return new DeadLetters(WorkerConfig.messaging(read), WorkerConfig.schemaIds(read));
  }
}
