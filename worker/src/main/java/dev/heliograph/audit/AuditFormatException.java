package dev.heliograph.audit;

import org.jspecify.annotations.Nullable;

/**
 * Bytes are not what they should be: an envelope, a statement, a note, a checkpoint, a bundle or a
 * key that cannot be read. The message is one line that names the thing and what is wrong. It is
 * the only exception that this package's parsers throw, whatever bytes they are given.
 */
public final class AuditFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AuditFormatException(String message) {
    this(message, null);
  }

  AuditFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
