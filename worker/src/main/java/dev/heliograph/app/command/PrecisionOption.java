package dev.heliograph.app.command;

import dev.heliograph.inference.Precision;
import picocli.CommandLine.Option;

/** In which precision a model computes. */
final class PrecisionOption {
  @Option(
      names = "--precision",
      defaultValue = "FLOAT32",
      description = "float32, bfloat16 (CPUs) or float16 (GPUs) (default: float32).")
  private Precision precision;

  Precision precision() {
    return precision;
  }
}
