package dev.heliograph.events.codec;

/** Bytes that are not an event. The message is one line; the same bytes will never be readable. */
public final class MalformedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedEventException(String message) {
    super(message);
  }

  MalformedEventException(String message, Throwable cause) {
    super(message, cause);
  }
}
