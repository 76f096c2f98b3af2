package dev.heliograph.imaging;

import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;

/**
 * An encoded image whose header has been read and nothing else: no pixel is decoded and nothing of
 * the image's size allocated before {@link #decode}.
 */
interface ImageFile {
  /** As in {@code PNG}. */
  String format();

  /** As stored, before the EXIF orientation is applied; at least 1. */
  int width();

  /** As stored, before the EXIF orientation is applied; at least 1. */
  int height();

  /** EXIF's, 1 to 8, which {@link #decode} applies; 1 where the file states none. */
  default int orientation() {
    return 1;
  }

  /**
   * Checks what can be checked without decoding, then decodes.
   *
   * @return upright
   * @throws UnreadableImageException if the data are corrupt or cut short
   */
  RgbImage decode(OpenCvDecoder decoder);

  /** Whether it can be decoded at a fraction of its size for less work. */
  default boolean reduces() {
    return false;
  }

  /**
   * As {@link #decode}, but at a fraction of the size, rounded up; only if it {@link #reduces}.
   *
   * @param fraction 2, 4 or 8
   */
  default RgbImage decodeReduced(OpenCvDecoder decoder, int fraction) {
    throw new UnsupportedOperationException(format());
  }

  /**
   * Recognises the format by its first bytes and reads the header.
   *
   * @throws UnreadableImageException if it is no format that is read here, or has no valid header
   */
  static ImageFile recognise(byte[] file) {
    Bytes in = new Bytes(file, "", false);
    if (in.hasAscii(0, "\u00FF\u00D8\u00FF")) {
      return new JpegFile(file);
    }
    if (in.hasAscii(0, PngFile.SIGNATURE)) {
      return new PngFile(file);
    }
    if (in.hasAscii(0, "RIFF") && in.hasAscii(8, "WEBP")) {
      return new WebpFile(file);
    }
    if (in.hasAscii(0, "GIF87a") || in.hasAscii(0, "GIF89a")) {
      return new GifFile(file);
    }
    if (in.hasAscii(0, "II*\0") || in.hasAscii(0, "MM\0*")) {
      return new TiffFile(file);
    }
    if (in.hasAscii(0, "BM")) {
      return new BmpFile(file);
    }
    throw UnreadableImageException.unreadable(
        file.length == 0
            ? "the file is empty"
            : "not an image: its first bytes are of no JPEG, PNG, WebP, GIF, BMP or TIFF file",
        null);
  }
}
