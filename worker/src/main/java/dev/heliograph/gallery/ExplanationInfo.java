package dev.heliograph.gallery;

import java.util.regex.Pattern;

/**
 * What a manifest says of its gallery's explanations, which map every result without reading its
 * image.
 *
 * @param rows of a saliency grid
 * @param columns of a saliency grid
 * @param side of the model's input in pixels
 * @param sha256 of {@code explanations.i16}
 */
public record ExplanationInfo(int rows, int columns, int side, String sha256) {
  private static final int MAX_PATCHES_PER_SIDE = 256;
  private static final int MAX_SIDE = 8192;
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws GalleryException if a value is out of its range
   */
  public ExplanationInfo {
    check("rows", rows, MAX_PATCHES_PER_SIDE);
    check("columns", columns, MAX_PATCHES_PER_SIDE);
    check("side", side, MAX_SIDE);
    if (!SHA256.matcher(sha256).matches()) {
      throw new GalleryException("explanations have a digest that is not sha256 in hex");
    }
  }

  private static void check(String field, int value, int limit) {
    if (value < 1 || value > limit) {
      throw new GalleryException(
          "explanations have " + field + " " + value + ", expected 1.." + limit);
    }
  }

  /** Bytes on the disk for each image. */
  public int bytesPerImage(int dimension) {
    return layout(dimension).recordBytes();
  }

  ExplanationLayout layout(int dimension) {
    return new ExplanationLayout(rows, columns, side, dimension);
  }
}
