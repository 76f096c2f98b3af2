package dev.heliograph.imaging;

import dev.heliograph.pipeline.UnreadableImageException;

/**
 * One image file directory of a TIFF structure: a TIFF file's first page, or the EXIF block inside
 * another format.
 */
final class TiffDirectory {
  static final int ORIENTATION = 274;

  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int ENTRY_BYTES = 12;

  private final Bytes in;
  private final int base;
  private final long start;
  private final int entries;

  /**
   * @param base where the TIFF structure begins; its offsets count from there
   */
  TiffDirectory(byte[] file, int base, String format) {
    Bytes order = new Bytes(file, format, false);
    in = new Bytes(file, format, order.u8(base) == 'I');
    this.base = base;
    start = base + in.u32(base + 4L);
    entries = in.u16(start);
    in.require(start + 2, (long) entries * ENTRY_BYTES);
  }

  /** The EXIF orientation, 1 to 8; 1 where there is none, or the block cannot be understood. */
  static int exifOrientation(byte[] file, int base) {
    try {
      long orientation = new TiffDirectory(file, base, "EXIF").value(ORIENTATION, 1);
      return orientation >= 1 && orientation <= 8 ? (int) orientation : 1;
    } catch (UnreadableImageException e) {
      return 1;
    }
  }

  /** The first value of a SHORT or LONG field. */
  long value(int tag, long otherwise) {
    long[] values = values(tag, 1);
    return values.length == 0 ? otherwise : values[0];
  }

  /** Up to that many values of a SHORT or LONG field; none if the field is missing. */
  long[] values(int tag, int limit) {
    long entry = entry(tag);
    if (entry < 0) {
      return new long[0];
    }
    int type = in.u16(entry + 2);
    if (type != SHORT && type != LONG) {
      throw in.unreadable("has a field " + tag + " of type " + type);
    }
    int count = (int) Math.min(in.u32(entry + 4), limit);
    int size = type == SHORT ? 2 : 4;
    long at = valueOffset(entry, size);
    in.require(at, (long) count * size);
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = type == SHORT ? in.u16(at + 2L * i) : in.u32(at + 4L * i);
    }
    return values;
  }

  /** Overwrites the first value of a SHORT field, if there is one. */
  void replaceShort(int tag, int value) {
    long entry = entry(tag);
    if (entry >= 0 && in.u16(entry + 2) == SHORT && in.u32(entry + 4) > 0) {
      int at = (int) valueOffset(entry, 2);
      in.require(at, 2);
      boolean littleEndian = in.u8(base) == 'I';
      in.array()[at] = (byte) (littleEndian ? value : value >> 8);
      in.array()[at + 1] = (byte) (littleEndian ? value >> 8 : value);
    }
  }

  private long valueOffset(long entry, int size) {
    return in.u32(entry + 4) * size <= 4 ? entry + 8 : base + in.u32(entry + 8);
  }

  private long entry(int tag) {
    for (int i = 0; i < entries; i++) {
      long entry = start + 2 + (long) i * ENTRY_BYTES;
      if (in.u16(entry) == tag) {
        return entry;
      }
    }
    return -1;
  }
}
