package dev.heliograph.gallery;

import dev.heliograph.pipeline.ImageSourceException;
import java.net.URI;
import java.util.List;

/** The images that a gallery is built from. {@link #read} is thread-safe. */
public interface ImageFolder {
  /**
   * What {@link #names} are paths below: {@code file:///folder/} or {@code s3://bucket/prefix/}.
   */
  URI root();

  /** The images' names, with forward slashes, each once, in an order that stays the same. */
  List<String> names();

  /**
   * All bytes of an image.
   *
   * @throws ImageSourceException UNAVAILABLE ends the build, which can be resumed; with any other
   *     reason the image is skipped
   */
  byte[] read(String name, long maxBytes);
}
