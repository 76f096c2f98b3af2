package dev.heliograph.app.models;

import org.jspecify.annotations.Nullable;

/** A model's file did not arrive, or is not the one that was expected. The message is one line. */
public final class ModelFetchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModelFetchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
