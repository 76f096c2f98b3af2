package dev.heliograph.gallery;

/**
 * What is kept of each image beside its feature.
 *
 * @param explanations whether the image's part of its saliency maps is kept, so that each result
 *     gets a map at once ({@link ExplanationTable})
 * @param halves whether the feature is also kept in half precision, which halves the memory that a
 *     search reads, and changes no answer ({@link HalfRows})
 */
public record GalleryStorage(boolean explanations, boolean halves) {
  public static final GalleryStorage DEFAULT = new GalleryStorage(false, false);
}
