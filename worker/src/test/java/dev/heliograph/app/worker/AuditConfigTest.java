package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditConfigTest {
  /** Of RFC 8410: published, so nobody's. */
  private static final String SECRET =
      "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

  private static final String PEM =
      "-----BEGIN PRIVATE KEY-----\n" + SECRET + "\n-----END PRIVATE KEY-----\n";

  private static Settings settings(String variable) {
    return Settings.of(Optional.empty(), Map.of(variable, PEM), Map.of());
  }

  @Test
  void readsAKeyFromTheEnvironment() {
    assertEquals(1, AuditConfig.of(settings("HELIOGRAPH_AUDIT_KEY")).keys().size());
  }

  /** The two variables differ by a letter, and settings' errors end up in logs. */
  @Test
  void aKeyWhereFilesBelongIsRefusedAndNotShown() {
    SettingException e =
        assertThrows(
            SettingException.class, () -> AuditConfig.of(settings("HELIOGRAPH_AUDIT_KEYS")));

    assertFalse(e.getMessage().contains(SECRET.substring(30, 40)), e.getMessage());
    assertTrue(e.getMessage().endsWith("a key itself belongs into audit.key"), e.getMessage());
  }
}
