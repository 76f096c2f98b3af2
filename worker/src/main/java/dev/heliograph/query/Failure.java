package dev.heliograph.query;

import java.util.Objects;

/**
 * A failure as consumers see it.
 *
 * @param message one line that names the field or object, what was found and what was expected
 * @param attempts how often the query was tried, at least 1
 */
public record Failure(FailureCode code, String message, int attempts) {
  public Failure {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts: " + attempts + " is below 1");
    }
  }
}
