package dev.heliograph.benchmark;

import dev.heliograph.inference.Precision;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What all programs of Heliograph's side are told. */
final class SideOptions {
  @Option(names = "--inputs", required = true, description = "what make_inputs.py made")
  private Path inputs;

  @Option(names = "--out", required = true, description = "where files are written")
  private Path out;

  @Option(
      names = "--precision",
      defaultValue = "float32",
      description = "float32, bfloat16 or float16; default: ${DEFAULT-VALUE}")
  private String precision;

  Path inputs() {
    return inputs;
  }

  Path out() {
    return out;
  }

  Precision precision() {
    return Precision.of(precision);
  }
}
