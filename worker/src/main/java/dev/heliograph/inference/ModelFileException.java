package dev.heliograph.inference;

import org.jspecify.annotations.Nullable;

/** A model's files do not fit together. One line: the file, what was found, what was expected. */
public final class ModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModelFileException(String message) {
    this(message, null);
  }

  ModelFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
