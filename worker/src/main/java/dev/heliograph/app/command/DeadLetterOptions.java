package dev.heliograph.app.command;

import dev.heliograph.messaging.DeadLetterFilter;
import dev.heliograph.query.FailureCode;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command is about. */
final class DeadLetterOptions {
  @Option(names = "--code", description = "Only this failure code.")
  private @Nullable FailureCode code;

  @Option(names = "--query", paramLabel = "<query id>", description = "Only this query.")
  private @Nullable String queryId;

  @Option(names = "--topic", description = "Only what was consumed from this topic.")
  private @Nullable String topic;

  @Option(
      names = "--since",
      paramLabel = "<instant>",
      description = "Only dead letters from then on, for example 2026-11-24T12:00:00Z.")
  private @Nullable Instant since;

  @Option(names = "--until", paramLabel = "<instant>", description = "Only dead letters before.")
  private @Nullable Instant until;

  DeadLetterFilter filter() {
    return new DeadLetterFilter(
        Optional.ofNullable(code).map(FailureCode::name),
        Optional.ofNullable(queryId),
        Optional.ofNullable(topic),
        Optional.ofNullable(since),
        Optional.ofNullable(until));
  }
}
