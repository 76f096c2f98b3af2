package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;

/** A WebP image: lossy, lossless or extended; of an animation the first frame. */
final class WebpFile implements ImageFile {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER_BYTES = 8;

  private final Bytes in;
  private final int width;
  private final int height;
  private final boolean extended;

  WebpFile(byte[] file) {
    in = new Bytes(file, format(), true);
    in.require(8, in.u32(4));
    int data = FIRST_CHUNK + CHUNK_HEADER_BYTES;
    extended = in.hasAscii(FIRST_CHUNK, "VP8X");
    if (extended) {
      width = in.u24(data + 4L) + 1;
      height = in.u24(data + 7L) + 1;
    } else if (in.hasAscii(FIRST_CHUNK, "VP8L") && in.u8(data) == 0x2F) {
      int bits = in.s32(data + 1L);
      width = (bits & 0x3FFF) + 1;
      height = (bits >> 14 & 0x3FFF) + 1;
    } else if (in.hasAscii(FIRST_CHUNK, "VP8 ") && in.u24(data + 3L) == 0x2A019D) {
      width = in.u16(data + 6L) & 0x3FFF;
      height = in.u16(data + 8L) & 0x3FFF;
    } else {
      throw in.unreadable("does not begin with its header");
    }
    if (width < 1 || height < 1) {
      throw in.unreadable("has no pixels: " + width + " x " + height);
    }
  }

  @Override
  public String format() {
    return "WebP";
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public RgbImage decode(OpenCvDecoder decoder) {
    return decoder.rgb(this, in.array(), orientation());
  }

  @Override
  public int orientation() {
    if (!extended) {
      return 1;
    }
    long end = 8 + in.u32(4);
    for (long at = FIRST_CHUNK; at + CHUNK_HEADER_BYTES <= end; ) {
      long size = in.u32(at + 4);
      if (in.hasAscii((int) at, "EXIF")) {
        int data = (int) at + CHUNK_HEADER_BYTES;
        // Some writers keep JPEG's prefix.
        return TiffDirectory.exifOrientation(
            in.array(), in.hasAscii(data, "Exif\0\0") ? data + 6 : data);
      }
      at += CHUNK_HEADER_BYTES + size + (size & 1);
    }
    return 1;
  }
}
