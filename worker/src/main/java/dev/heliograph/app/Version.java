package dev.heliograph.app;

import java.util.Optional;

/** This build's version, from the jar's manifest. */
public final class Version {
  private Version() {}

  /** For example {@code 0.1.0}; {@code unpackaged} when run from class files. */
  public static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
