package dev.heliograph.gallery;

import org.jspecify.annotations.Nullable;

/** A gallery or database that cannot be built, read or used. One line: what, found, expected. */
public final class GalleryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GalleryException(String message) {
    this(message, null);
  }

  GalleryException(String message, @Nullable Throwable cause) {
    super(message.replaceAll("\\p{Cntrl}", "?"), cause);
  }
}
