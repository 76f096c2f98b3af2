package dev.heliograph.messaging;

/** Kafka did not do what was asked of it; the message is one line, Kafka's exception the cause. */
public final class MessagingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MessagingException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
