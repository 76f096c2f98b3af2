package dev.heliograph.app.audit;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.AuditConfig;
import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.store.S3Location;
import dev.heliograph.store.WriteOnce;
import java.util.List;
import java.util.Optional;

/**
 * Where the audit log is, and who signs it.
 *
 * @param verifiers of present and earlier keys
 */
public record LogConfig(
    S3Location location, String name, List<NoteVerifier> verifiers, WriteOnce writeOnce) {
  public LogConfig {
    verifiers = List.copyOf(verifiers);
  }

  /** Empty if no log is configured. */
  public static Optional<LogConfig> find(Settings settings) {
    return settings
        .text(Setting.AUDIT_LOG)
        .map(
            location -> {
              try {
                return new LogConfig(
                    S3Location.parse(location),
                    settings.required(Setting.AUDIT_LOG_NAME),
                    verifiers(settings.list(Setting.AUDIT_LOG_VERIFIERS)),
                    AuditConfig.writeOnce(
                        settings,
                        Setting.AUDIT_LOG_RETENTION,
                        WriteOnce.Mode.COMPLIANCE,
                        Setting.AUDIT_LOG_LEGAL_HOLD));
              } catch (IllegalArgumentException e) {
                throw new SettingException(Setting.AUDIT_LOG.key() + ": " + e.getMessage());
              }
            });
  }

  /**
   * @throws SettingException if one is no verifier key
   */
  public static List<NoteVerifier> verifiers(List<String> vkeys) {
    try {
      return vkeys.stream().map(NoteVerifier::parse).toList();
    } catch (AuditFormatException e) {
      throw new SettingException(Setting.AUDIT_LOG_VERIFIERS.key() + ": " + e.getMessage());
    }
  }
}
