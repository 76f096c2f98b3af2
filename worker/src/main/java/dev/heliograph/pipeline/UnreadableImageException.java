package dev.heliograph.pipeline;

import org.jspecify.annotations.Nullable;

/** Bytes that cannot be decoded into an image. The message is one line. */
public final class UnreadableImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean tooLarge;

  private UnreadableImageException(String message, boolean tooLarge, @Nullable Throwable cause) {
    super(message, cause);
    this.tooLarge = tooLarge;
  }

  public static UnreadableImageException unreadable(String message, @Nullable Throwable cause) {
    return new UnreadableImageException(message, false, cause);
  }

  public static UnreadableImageException tooLarge(String message) {
    return new UnreadableImageException(message, true, null);
  }

  /** True if the header states more pixels than allowed; nothing was decoded. */
  public boolean tooLarge() {
    return tooLarge;
  }
}
