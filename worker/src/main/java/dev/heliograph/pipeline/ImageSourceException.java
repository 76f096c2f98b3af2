package dev.heliograph.pipeline;

import org.jspecify.annotations.Nullable;

/** An image's bytes cannot be had. Whether that fails a query is for the caller to say. */
public final class ImageSourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    NOT_FOUND,
    FORBIDDEN,
    TOO_LARGE,
    /** May succeed later. */
    UNAVAILABLE
  }

  private final Reason reason;

  public ImageSourceException(Reason reason, String message) {
    this(reason, message, null);
  }

  public ImageSourceException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
