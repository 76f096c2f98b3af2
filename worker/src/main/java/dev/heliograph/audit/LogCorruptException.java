package dev.heliograph.audit;

import java.io.IOException;

/**
 * A log contradicts itself: an object is missing, was rewritten, or does not belong to the signed
 * tree. The message is one line and begins with the object's path. Never a passing fault of the
 * store, which is a plain {@link IOException}.
 */
public final class LogCorruptException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String object;
  private final String problem;

  LogCorruptException(String object, String problem) {
    super(object + ": " + problem);
    this.object = object;
    this.problem = problem;
  }

  /** The path of what is wrong. */
  public String object() {
    return object;
  }

  String problem() {
    return problem;
  }
}
