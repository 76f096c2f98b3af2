package dev.heliograph.pipeline;

import java.net.URI;

/** Reads images by address. Thread-safe. */
public interface ImageSource {
  /**
   * All bytes of an image; nothing beyond the limit is read or held.
   *
   * @throws ImageSourceException if there is no such image, it is not allowed, or it is too large
   */
  byte[] read(URI uri, long maxBytes);
}
