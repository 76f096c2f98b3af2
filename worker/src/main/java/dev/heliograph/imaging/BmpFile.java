package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;

/** A Windows bitmap. */
final class BmpFile implements ImageFile {
  private static final int CORE_HEADER_BYTES = 12;
  private static final int INFO_HEADER_BYTES = 40;
  private static final int UNCOMPRESSED = 0;
  private static final int BIT_FIELDS = 3;

  private final Bytes in;
  private final int width;
  private final int height;
  private final int bitsPerPixel;
  private final int compression;

  BmpFile(byte[] file) {
    in = new Bytes(file, format(), true);
    long headerBytes = in.u32(14);
    if (headerBytes == CORE_HEADER_BYTES) {
      width = in.u16(18);
      height = in.u16(20);
      bitsPerPixel = in.u16(24);
      compression = UNCOMPRESSED;
    } else if (headerBytes >= INFO_HEADER_BYTES && headerBytes <= 256) {
      width = in.s32(18);
      int rows = in.s32(22);
      // Negative: stored from the top. The smallest number stays negative, and is refused below.
      height = rows < 0 ? -rows : rows;
      bitsPerPixel = in.u16(28);
      compression = in.s32(30);
    } else {
      throw in.unreadable("has an unknown header of " + headerBytes + " bytes");
    }
    if (width < 1 || height < 1) {
      throw in.unreadable("has no pixels: " + width + " x " + height);
    }
  }

  @Override
  public String format() {
    return "BMP";
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
    if (compression == UNCOMPRESSED || compression == BIT_FIELDS) {
      long rowBytes = ((long) width * bitsPerPixel + 31) / 32 * 4;
      in.require(in.u32(10), Math.multiplyExact(rowBytes, height));
    }
    return decoder.rgb(this, in.array(), 1);
  }
}
