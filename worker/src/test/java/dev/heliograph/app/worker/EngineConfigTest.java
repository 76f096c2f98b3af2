package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.inference.Precision;
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

  @Test
  void reducedPrecisionIsAskedFor() {
    assertEquals(Precision.FLOAT32, config(Map.of()).precision());
    assertEquals(Precision.BFLOAT16, config(Map.of("model.precision", "bfloat16")).precision());
    SettingException refusal =
        assertThrows(SettingException.class, () -> config(Map.of("model.precision", "fp8")));
    assertEquals(
        "model.precision: \"fp8\" is not one of float32, bfloat16, float16", refusal.getMessage());
  }

  @Test
  void imagesMayTakeWhatTheThreadsHaveAUseFor() {
    long halfOfTheHeap = Runtime.getRuntime().maxMemory() / 2;

    long one = config(Map.of("worker.parallelism", "1")).pipeline().imageMemory();
    long many = config(Map.of("worker.parallelism", "1000")).pipeline().imageMemory();
    long stated = config(Map.of("worker.image-bytes", "12345678")).pipeline().imageMemory();

    assertEquals(Math.min(96L << 20, halfOfTheHeap), one);
    assertEquals(halfOfTheHeap, many);
    assertEquals(12_345_678, stated);
  }

  private static EngineConfig config(Map<String, String> flags) {
    return EngineConfig.of(
        Settings.of(Optional.empty(), Map.of("HELIOGRAPH_MODEL_PATH", "model"), flags));
  }
}
