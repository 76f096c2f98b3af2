package dev.heliograph.app.command;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.messaging.CancellationPublisher;
import dev.heliograph.query.Cancellation;
import dev.heliograph.query.QueryFailedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heliograph cancel}: gives queries up. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = {
      "Gives queries up: those submitted until now and not answered yet end as CANCELLED.",
      "Ids that are unknown or answered are not affected."
    })
final class CancelCommand implements Callable<Integer> {
  private static final FlagNames FLAGS = new FlagNames(Map.of("queryId", "<query id>"));

  @Mixin private SettingsOptions settings;

  @Parameters(arity = "1..*", paramLabel = "<query id>", description = "As submit prints them.")
  private List<String> queryIds;

  @Option(names = "--reason", description = "One line, for the completion's failure message.")
  private @Nullable String reason;

  @Override
  public Integer call() {
    List<Cancellation> cancellations = cancellations(Instant.now());
    Settings read = settings.read();
    try (CancellationPublisher publisher =
        new CancellationPublisher(
            WorkerConfig.messaging(read),
            read.required(Setting.KAFKA_CANCEL_TOPIC),
            WorkerConfig.schemaIds(read))) {
      publisher.publish(cancellations);
    }
    return 0;
  }

  private List<Cancellation> cancellations(Instant now) {
    try {
      return queryIds.stream()
          .map(id -> new Cancellation(id, now, Optional.ofNullable(reason)))
          .toList();
    } catch (QueryFailedException e) {
      throw FLAGS.usage(e);
    }
  }
}
