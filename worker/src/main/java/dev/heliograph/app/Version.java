package dev.heliograph.app;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** This build's version, and the revision of its source. */
public final class Version {
  private static final String UNKNOWN = "unknown";

  private Version() {}

  /** For example {@code 0.1.0}; {@code unpackaged} when run from class files. */
  public static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }

  /**
   * The git commit that this was built from, with {@code -dirty} if files were changed or added
   * since; {@code unknown} if it was built outside of a repository.
   */
  public static String revision() {
    try (InputStream in = Version.class.getResourceAsStream("revision.txt")) {
      return in == null ? UNKNOWN : new String(in.readAllBytes(), US_ASCII).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
