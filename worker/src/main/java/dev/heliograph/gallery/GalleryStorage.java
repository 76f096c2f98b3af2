package dev.heliograph.gallery;

/**
 * What a build keeps of each image beside its feature.
 *
 * @param explanations whether the image's part of its saliency maps is kept, so that each result
 *     gets a map at once ({@link ExplanationTable})
 */
public record GalleryStorage(boolean explanations) {
  public static final GalleryStorage DEFAULT = new GalleryStorage(false);
}
