package dev.heliograph.inference;

import ai.djl.Device;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The arithmetic of all blocks but each tower's last. What is before and behind them is always
 * float32: embeddings, the last block and its gradient, phi, scores.
 */
public enum Precision {
  FLOAT32(6),
  /** Twice as fast on processors with AVX512-BF16 or AMX; slow on others. */
  BFLOAT16(15),
  /** For GPUs. */
  FLOAT16(5);

  private static final Logger LOG = LoggerFactory.getLogger(Precision.class);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** As the command line, settings and events spell it. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException naming what there is
   */
  public static Precision of(String configName) {
    return Arrays.stream(values())
        .filter(precision -> precision.configName().equals(configName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "precision \"" + configName + "\": expected float32, bfloat16 or float16"));
  }

  /**
   * Warns if the processor has no instructions for it.
   *
   * @throws ModelFileException if it is not meant for such a device
   */
  void check(Device device) {
    if (device.isGpu()) {
      return;
    }
    if (this == FLOAT16) {
      throw new ModelFileException(
          "precision float16: device cpu computes it slower than float32; bfloat16 is for CPUs");
    }
    if (this == BFLOAT16 && CpuFlags.ofThisMachine().lackBfloat16()) {
      LOG.warn(
          "precision bfloat16: this processor has neither AVX512-BF16 nor AMX, float32 is faster");
    }
  }

  /** PyTorch's number of the type ({@code c10::ScalarType}). */
  int scalarType() {
    return scalarType;
  }
}
