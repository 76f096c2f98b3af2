package dev.heliograph.audit;

/**
 * How a check, or a whole verification, ended. The exit codes are those of {@code audit verify}.
 */
public enum Verdict {
  VERIFIED(0),
  /** Something is not what it should be. */
  FAILED(1),
  /** Nothing is known to be wrong, but something could not be looked at. */
  COULD_NOT_CHECK(3);

  private final int exitCode;

  Verdict(int exitCode) {
    this.exitCode = exitCode;
  }

  /** FAILED if one of both is; else COULD_NOT_CHECK if one is. */
  public Verdict and(Verdict other) {
    if (this == FAILED || other == FAILED) {
      return FAILED;
    }
    return this == VERIFIED ? other : this;
  }

  /** 0, 1 or 3; 2 is a wrong command line. */
  public int exitCode() {
    return exitCode;
  }
}
