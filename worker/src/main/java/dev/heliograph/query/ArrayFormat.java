package dev.heliograph.query;

/** File format of a saliency map's numbers. */
public enum ArrayFormat {
  /** NPY 1.0, {@code <f4}, shape (height, width) of the original image. */
  NPY("npy", "application/x-npy"),
  /** NPY 1.0, {@code <f2}, shape (height, width) of the original image. */
  NPY_FLOAT16("npy", "application/x-npy"),
  /** A zip that holds {@code saliency.npy} ({@code <f4}, original size), deflated. */
  NPZ("npz", "application/x-npz"),
  /** NPY 1.0, {@code <f4}, shape (rows, columns): the raw grid, before min-max and projection. */
  GRID("npy", "application/x-npy"),
  NONE("", "");

  private final String extension;
  private final String mediaType;

  ArrayFormat(String extension, String mediaType) {
    this.extension = extension;
    this.mediaType = mediaType;
  }

  /** Without the dot; empty for NONE. */
  public String extension() {
    return extension;
  }

  public String mediaType() {
    return mediaType;
  }
}
