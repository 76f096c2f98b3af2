package dev.heliograph.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The folder that make_inputs.py made; {@code -Dheliograph.inputs} names it. */
public final class Inputs {
  private static final String PROPERTY = "heliograph.inputs";

  private Inputs() {}

  public static Path folder() {
    return Path.of(
        Objects.requireNonNull(System.getProperty(PROPERTY), "-D" + PROPERTY + " is not set"));
  }

  /** An encoded image of 3016 × 3080 pixels. */
  public static byte[] reference() {
    try {
      return Files.readAllBytes(folder().resolve("references/reference-0.jpg"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
