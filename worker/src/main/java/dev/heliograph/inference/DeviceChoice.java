package dev.heliograph.inference;

import java.util.Arrays;
import java.util.Locale;

/** Where the model computes. */
public enum DeviceChoice {
  /** CUDA if PyTorch sees a device, else the CPU. */
  AUTO,
  CPU,
  /** Fails to open where PyTorch sees no CUDA device. */
  CUDA;

  /** As the command line spells it. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException naming what there is
   */
  public static DeviceChoice of(String configName) {
    return Arrays.stream(values())
        .filter(choice -> choice.configName().equals(configName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "device \"" + configName + "\": expected auto, cpu or cuda"));
  }
}
