package dev.heliograph.app.worker;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.CaptionPolicy;
import dev.heliograph.audit.SigningKey;
import dev.heliograph.store.WriteOnce;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a worker keeps records.
 *
 * @param keys each signs every record; none: records are unsigned and say so
 * @param writeOnce how long artifacts and records are protected
 */
public record AuditConfig(
    boolean isOn, List<SigningKey> keys, CaptionPolicy captions, WriteOnce writeOnce) {
  /** Of any kind; what it introduces is a secret, and stands in no message. */
  private static final String PEM_KEY = "PRIVATE KEY-----";

  public AuditConfig {
    keys = List.copyOf(keys);
  }

  /**
   * @throws SettingException naming the setting, and what is wrong with its value
   */
  public static AuditConfig of(Settings settings) {
    boolean on = settings.isOn(Setting.AUDIT);
    return new AuditConfig(
        on,
        on ? keys(settings, Setting.AUDIT_KEYS, Setting.AUDIT_KEY) : List.of(),
        settings.choice(Setting.AUDIT_CAPTIONS, CaptionPolicy.class),
        writeOnce(
            settings,
            Setting.STORE_RETENTION,
            WriteOnce.Mode.GOVERNANCE,
            Setting.STORE_LEGAL_HOLD));
  }

  /** Keys in files, and one given as text. */
  public static List<SigningKey> keys(Settings settings, Setting files, Setting text) {
    List<SigningKey> keys = new ArrayList<>();
    for (String file : settings.list(files)) {
      if (file.contains(PEM_KEY)) {
        throw new SettingException(
            files.key() + ": names files; a key itself belongs into " + text.key());
      }
      try {
        keys.add(SigningKey.read(Path.of(file)));
      } catch (IOException | AuditFormatException e) {
        throw new SettingException(files.key() + ": no key can be read from " + file + ": " + e);
      }
    }
    try {
      settings.text(text).ifPresent(pem -> keys.add(SigningKey.fromPem(text.key(), pem)));
    } catch (AuditFormatException e) {
      throw new SettingException(e.getMessage());
    }
    return keys;
  }

  /** What is asked of the store, by these settings. */
  public static WriteOnce writeOnce(
      Settings settings, Setting period, WriteOnce.Mode mode, Setting legalHold) {
    try {
      Optional<WriteOnce.Period> wanted =
          settings.text(period).map(text -> WriteOnce.Period.parse(text, mode));
      return new WriteOnce(wanted, settings.isOn(legalHold));
    } catch (IllegalArgumentException e) {
      throw new SettingException(period.key() + ": " + e.getMessage());
    }
  }
}
