package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/**
 * A PNG image. Every chunk's checksum is verified, and only the chunks that carry pixels go to the
 * decoder: so a keyed colour keeps its value, an animation shows its default image, and text or
 * profiles that unpack to gigabytes stay packed.
 */
final class PngFile implements ImageFile {
  static final String SIGNATURE = "\u0089PNG\r\n\u001A\n";

  private static final int IHDR = 0x49484452;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int EXIF = 0x65584966;

  /** Length, type and checksum around a chunk's data. */
  private static final int FRAME_BYTES = 12;

  /** Bit 5 of a chunk's first letter: ancillary, not needed for the pixels. */
  private static final int ANCILLARY = 0x20000000;

  private final Bytes in;
  private final int width;
  private final int height;
  private final boolean sixteenBitGrey;

  PngFile(byte[] file) {
    in = new Bytes(file, format(), false);
    if (in.s32(12) != IHDR) {
      throw in.unreadable("does not begin with its header");
    }
    width = in.s32(16);
    height = in.s32(20);
    if (width < 1 || height < 1) {
      throw in.unreadable("has no pixels: " + in.u32(16) + " x " + in.u32(20));
    }
    sixteenBitGrey = in.u8(24) == 16 && in.u8(25) == 0;
  }

  @Override
  public String format() {
    return "PNG";
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
  public int orientation() {
    int orientation = 1;
    int type = 0;
    for (long at = SIGNATURE.length(); type != IEND; ) {
      long length = in.u32(at);
      in.require(at, length + FRAME_BYTES);
      type = in.s32(at + 4);
      if (type == EXIF) {
        orientation = TiffDirectory.exifOrientation(in.array(), (int) at + 8);
      }
      at += length + FRAME_BYTES;
    }
    return orientation;
  }

  @Override
  public RgbImage decode(OpenCvDecoder decoder) {
    ByteArrayOutputStream pixelChunks = new ByteArrayOutputStream(in.length());
    pixelChunks.write(in.array(), 0, SIGNATURE.length());
    boolean data = false;
    boolean ended = false;
    for (int at = SIGNATURE.length(); !ended; ) {
      long length = in.u32(at);
      in.require(at, length + FRAME_BYTES);
      int type = in.s32(at + 4L);
      checkSum(at, (int) length);
      data |= type == IDAT;
      ended = type == IEND;
      int size = (int) length + FRAME_BYTES;
      if ((type & ANCILLARY) == 0) {
        pixelChunks.write(in.array(), at, size);
      }
      at += size;
    }
    if (!data) {
      throw in.unreadable("has no image data");
    }
    byte[] plain = pixelChunks.toByteArray();
    int orientation = orientation();
    return sixteenBitGrey
        ? decoder.sixteenBitGrey(this, plain, orientation)
        : decoder.rgb(this, plain, orientation);
  }

  private void checkSum(int at, int length) {
    CRC32 crc = new CRC32();
    crc.update(in.array(), at + 4, length + 4);
    if (crc.getValue() != in.u32(at + 8L + length)) {
      throw in.unreadable("is corrupt: wrong checksum of the chunk at byte " + at);
    }
  }
}
