package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EngineConfigTest {

  @Test
  void heatmapsHaveTheImagesSizeUnlessALimitIsSet() {
    assertEquals(OptionalLong.empty(), config(Map.of()).heatmapPixels());
    assertEquals(OptionalLong.empty(), config(Map.of("artifacts.max-pixels", "0")).heatmapPixels());
    assertEquals(
        OptionalLong.of(1_000_000),
        config(Map.of("artifacts.max-pixels", "1000000")).heatmapPixels());
    SettingException refusal =
        assertThrows(SettingException.class, () -> config(Map.of("artifacts.max-pixels", "-1")));
    assertTrue(refusal.getMessage().startsWith("artifacts.max-pixels: "), refusal.getMessage());
  }

  private static EngineConfig config(Map<String, String> flags) {
    return EngineConfig.of(
        Settings.of(Optional.empty(), Map.of("HELIOGRAPH_MODEL_PATH", "model"), flags));
  }
}
