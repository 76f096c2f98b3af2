package dev.heliograph.app.audit;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.AuditConfig;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.audit.SigningKey;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.store.S3Config;
import java.time.Duration;
import java.util.List;

/**
 * Everything the sealer was told.
 *
 * @param key signs checkpoints
 * @param interval how long it rests when nothing is waiting
 */
public record SealerConfig(
    S3Config store,
    MessagingConfig messaging,
    String group,
    LogConfig log,
    SigningKey key,
    Duration interval,
    String httpHost,
    int httpPort) {
  /**
   * @throws SettingException naming the setting, its value and what it may be
   */
  public static SealerConfig of(Settings settings) {
    LogConfig log =
        LogConfig.find(settings)
            .orElseThrow(() -> new SettingException(Setting.AUDIT_LOG.key() + " is not set"));
    List<SigningKey> keys =
        AuditConfig.keys(settings, Setting.AUDIT_LOG_KEY_FILE, Setting.AUDIT_LOG_KEY);
    if (keys.size() != 1) {
      throw new SettingException(
          Setting.AUDIT_LOG_KEY_FILE.key()
              + " and "
              + Setting.AUDIT_LOG_KEY.key()
              + ": "
              + keys.size()
              + " keys, a log is signed by one");
    }
    return new SealerConfig(
        WorkerConfig.store(settings),
        WorkerConfig.messaging(settings),
        settings.required(Setting.SEALER_GROUP),
        log,
        keys.get(0),
        settings.duration(Setting.SEALER_INTERVAL),
        settings.required(Setting.HTTP_HOST),
        (int) settings.number(Setting.HTTP_PORT, 0, 65_535));
  }
}
