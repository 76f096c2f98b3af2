package dev.heliograph.app.command;

import dev.heliograph.inference.EvalType;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which phi goes with a CLIP. Without a file, the command says what happens. */
final class PhiOptions {
  @Option(names = "--phi", description = "phi weights.")
  private @Nullable Path file;

  @Option(
      names = "--eval-type",
      defaultValue = "phi",
      description = "searle, searle-xl or phi (default: phi).")
  private EvalType evalType;

  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  EvalType evalType() {
    return evalType;
  }
}
