package dev.heliograph.app.config;

/** A setting is missing, unknown or out of its range. The message is one line that names it. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingException(String message) {
    super(message);
  }
}
