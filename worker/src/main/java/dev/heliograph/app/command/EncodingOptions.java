package dev.heliograph.app.command;

import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.inference.Precision;
import dev.heliograph.query.PreprocessType;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command encodes images, and where. */
final class EncodingOptions {
  @Option(
      names = "--preprocess-type",
      defaultValue = "TARGETPAD",
      description = "targetpad, squarepad or clip (default: targetpad).")
  private PreprocessType preprocess;

  @Option(
      names = "--device",
      defaultValue = "AUTO",
      description = "auto, cpu or cuda (default: auto).")
  private DeviceChoice device;

  @Mixin private PrecisionOption precision;

  PreprocessType preprocess() {
    return preprocess;
  }

  DeviceChoice device() {
    return device;
  }

  Precision precision() {
    return precision.precision();
  }

  /** What to open; no phi yet. */
  ClipModelConfig.Builder model(Path folder) {
    return ClipModelConfig.builder(folder).device(device).precision(precision());
  }
}
