package dev.heliograph.app.command;

import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.PreprocessType;
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

  PreprocessType preprocess() {
    return preprocess;
  }

  DeviceChoice device() {
    return device;
  }
}
