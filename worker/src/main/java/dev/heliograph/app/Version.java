package dev.heliograph.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

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
   * The git commit that this was built from, with {@code -dirty} if files were changed since;
   * {@code unknown} if it was built outside of a repository.
   */
  public static String revision() {
    try (InputStream in = Version.class.getResourceAsStream("git.properties")) {
      Properties git = new Properties();
      if (in != null) {
        git.load(in);
      }
      String commit = git.getProperty("git.commit.id.full", UNKNOWN);
      return Boolean.parseBoolean(git.getProperty("git.dirty")) ? commit + "-dirty" : commit;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
