package dev.heliograph.gallery;

import java.util.regex.Pattern;

/**
 * What a manifest says of its gallery's features in half precision.
 *
 * @param largestError the largest distance of a row from its feature, rounded up
 * @param sha256 of {@code features.f16}
 */
public record HalfInfo(float largestError, String sha256) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws GalleryException if a value is out of its range
   */
  public HalfInfo {
    if (!(largestError >= 0 && largestError <= 1)) {
      throw new GalleryException(
          "half features have largestError " + largestError + ", expected 0..1");
    }
    if (!SHA256.matcher(sha256).matches()) {
      throw new GalleryException("half features have a digest that is not sha256 in hex");
    }
  }
}
