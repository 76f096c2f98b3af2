package dev.heliograph.gallery;

import java.util.Objects;

/** An image that is not in the gallery, and why. */
public record SkippedImage(String name, String reason) {
  public SkippedImage {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(reason, "reason");
  }
}
