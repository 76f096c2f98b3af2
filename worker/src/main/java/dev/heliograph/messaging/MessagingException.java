package dev.heliograph.messaging;

/** Kafka did not do what was asked of it; the message is one line, the cause Kafka's. */
public final class MessagingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MessagingException(String message) {
    super(message);
  }

  MessagingException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
