package dev.heliograph.app.command;

import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.messaging.DeadLetter;
import dev.heliograph.messaging.DeadLetters;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.Redrive;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    description = "Looks at the dead-letter topic, and publishes what is in it again.",
    synopsisSubcommandLabel = "(list | show | redrive)")
final class DeadLettersCommand implements Runnable {
  private static final Pattern PLACE = Pattern.compile("(\\d{1,9})@(\\d{1,18})");

  private static final FlagNames FLAGS =
      new FlagNames(Map.of("limit", "--limit", "maxRedrives", "--max-redrives"));

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "Missing required subcommand: list, show or redrive");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line per dead letter: partition@offset, code, origin, message.")
  int list(
      @Mixin SettingsOptions settings,
      @Mixin DeadLetterOptions letters,
      @Option(names = "--limit", defaultValue = "100", description = "Default: 100.") int limit) {
    List<DeadLetter> found = deadLetters(settings).list(letters.filter(), limit);
    PrintWriter out = spec.commandLine().getOut();
    for (DeadLetter letter : found) {
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

  @Command(
      name = "redrive",
      mixinStandardHelpOptions = true,
      description = {
        "Publishes dead letters where they came from again, oldest first, each only once.",
        "A query whose completion said FAILED gets a second completion.",
        "One line per dead letter: partition@offset, what became of it, code, query id."
      })
  int redrive(
      @Mixin SettingsOptions settings,
      @Mixin DeadLetterOptions letters,
      @Option(names = "--limit", defaultValue = "1000", description = "Default: 1000.") int limit,
      @Option(names = "--rate", defaultValue = "10", description = "Per second (default: 10).")
          double rate,
      @Option(
              names = "--max-redrives",
              defaultValue = "3",
              description = "Leave alone what was redriven so often (default: 3).")
          int maxRedrives,
      @Option(names = "--dry-run", description = "Only print what would be redriven.")
          boolean dryRun) {
    if (!(rate >= 0.001 && rate <= 1_000_000)) {
      throw new UsageException("--rate: " + rate + " is not in 0.001..1000000");
    }
    Redrive.Limits limits = limits(limit, maxRedrives, rate, dryRun);
    Settings read = settings.read();
    MessagingConfig kafka = WorkerConfig.messaging(read);
    PrintWriter out = spec.commandLine().getOut();
    new Redrive(kafka, new DeadLetters(kafka, WorkerConfig.schemaIds(read)))
        .run(
            letters.filter(),
            limits,
            (letter, fate) -> {
              out.printf(
                  "%d@%d  %s  %s  %s%n",
                  letter.partition(),
                  letter.offset(),
                  fate == Redrive.Fate.REDRIVEN && dryRun ? "WOULD_BE_REDRIVEN" : fate,
                  letter.code().orElse("-"),
                  letter.queryId());
              out.flush();
            });
    return 0;
  }

  private static Redrive.Limits limits(int limit, int maxRedrives, double rate, boolean dryRun) {
    try {
      return new Redrive.Limits(limit, maxRedrives, Duration.ofNanos((long) (1e9 / rate)), dryRun);
    } catch (IllegalArgumentException e) {
      throw FLAGS.usage(e);
    }
  }

  private static DeadLetters deadLetters(SettingsOptions settings) {
    Settings read = settings.read();
    return new DeadLetters(WorkerConfig.messaging(read), WorkerConfig.schemaIds(read));
  }
}
