package dev.heliograph.query;

/** File format of an overlay: the saliency map drawn over the original image. */
public enum HeatmapFormat {
  PNG("png", "image/png"),
  JPEG("jpg", "image/jpeg"),
  WEBP("webp", "image/webp"),
  NONE("", "");

  private final String extension;
  private final String mediaType;

  HeatmapFormat(String extension, String mediaType) {
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
