package dev.heliograph.app.command;

import dev.heliograph.app.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's settings come from: README lists them all. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "Java properties file of settings.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "<key=value>",
      description = "One setting; wins over the environment and the file. Repeatable.")
  private Map<String, String> flags = new LinkedHashMap<>();

  Settings read() {
    return Settings.of(Optional.ofNullable(config), System.getenv(), flags);
  }
}
