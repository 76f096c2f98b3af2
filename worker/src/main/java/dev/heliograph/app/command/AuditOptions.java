package dev.heliograph.app.command;

import dev.heliograph.app.audit.AuditSources;
import dev.heliograph.app.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where an audit command finds records, log and keys. */
final class AuditOptions {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--folder",
      paramLabel = "<dir>",
      description = "Read from this downloaded bucket or query folder, not from the store.")
  private @Nullable Path folder;

  @Option(
      names = "--log",
      paramLabel = "<dir>",
      description = "A downloaded log (default: audit.log, in the store).")
  private @Nullable Path log;

  @Option(
      names = "--prefix",
      paramLabel = "<prefix>",
      description = "Where an id's objects are, such as 2026/11/23: Kafka is not asked then.")
  private @Nullable String prefix;

  @Option(
      names = "--keys",
      paramLabel = "<file>",
      description = "Keys that may have signed records: JSON list, or one public key in PEM.")
  private @Nullable Path keys;

  @Option(
      names = "--log-key",
      paramLabel = "<vkey>",
      description = "Verifier key of the log (name+hash+key). Repeatable.")
  private List<String> logKeys = new ArrayList<>();

  Settings settings() {
    return settings.read();
  }

  AuditSources open() {
    return new AuditSources(
        settings(),
        new AuditSources.Where(
            Optional.ofNullable(folder),
            Optional.ofNullable(log),
            Optional.ofNullable(prefix),
            Optional.ofNullable(keys),
            logKeys));
  }
}
