package dev.heliograph.query;

import org.jspecify.annotations.Nullable;

/**
 * One query cannot be answered. Adapters classify their vendor's exception, keep it as the cause,
 * and throw this; it never concerns the query's neighbours in a batch.
 */
public final class QueryFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  public QueryFailedException(FailureCode code, String message) {
    this(code, message, null);
  }

  public QueryFailedException(FailureCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public FailureCode code() {
    return code;
  }
}
