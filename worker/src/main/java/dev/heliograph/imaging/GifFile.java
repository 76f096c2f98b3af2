package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;
import java.util.Arrays;

/**
 * The first frame of a GIF image on its canvas, decoded here: the transparent entry keeps its
 * colour, as when alpha is dropped elsewhere.
 */
final class GifFile implements ImageFile {
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int GRAPHIC_CONTROL = 0xF9;
  private static final int SCREEN_BYTES = 13;
  private static final int MAX_CODES = 4096;

  /** First row and step of the four passes of an interlaced image. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private final Bytes in;
  private final int width;
  private final int height;

  /** Of the first frame's descriptor. */
  private final int frame;

  /** Fills the canvas around the frame. */
  private int transparent;

  GifFile(byte[] file) {
    in = new Bytes(file, format(), true);
    frame = firstFrame(SCREEN_BYTES + paletteBytes(in.u8(10)));
    // A frame that sticks out widens the canvas.
    width = Math.max(in.u16(6), in.u16(frame) + in.u16(frame + 4L));
    height = Math.max(in.u16(8), in.u16(frame + 2L) + in.u16(frame + 6L));
    if (width < 1 || height < 1 || in.u16(frame + 4L) < 1 || in.u16(frame + 6L) < 1) {
      throw in.unreadable("has no pixels: " + width + " x " + height);
    }
  }

  @Override
  public String format() {
    return "GIF";
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  private int firstFrame(int start) {
    int at = start;
    while (true) {
      int kind = in.u8(at);
      if (kind == IMAGE) {
        return at + 1;
      }
      if (kind != EXTENSION) {
        throw in.unreadable("has no frame");
      }
      if (in.u8(at + 1L) == GRAPHIC_CONTROL && (in.u8(at + 3L) & 1) != 0) {
        transparent = in.u8(at + 6L);
      }
      at += 2;
      while (in.u8(at) != 0) {
        at += in.u8(at) + 1;
      }
      at++;
    }
  }

  @Override
  public RgbImage decode(OpenCvDecoder decoder) {
    int flags = in.u8(frame + 8L);
    int data = frame + 9 + paletteBytes(flags);
    byte[] palette =
        (flags & 0x80) != 0
            ? palette(frame + 9, paletteBytes(flags))
            : palette(SCREEN_BYTES, paletteBytes(in.u8(10)));
    int frameWidth = in.u16(frame + 4L);
    int frameHeight = in.u16(frame + 6L);
    byte[] indices = unpack(data, frameWidth * frameHeight);

    byte[] rgb = new byte[Math.multiplyExact(3, width * height)];
    if (frameWidth < width || frameHeight < height) {
      for (int i = 0; i < width * height; i++) {
        System.arraycopy(palette, 3 * transparent, rgb, 3 * i, 3);
      }
    }
    int[] rows = rowOrder(frameHeight, (flags & 0x40) != 0);
    for (int i = 0, source = 0; i < frameHeight; i++) {
      int target = 3 * ((in.u16(frame + 2L) + rows[i]) * width + in.u16(frame));
      for (int x = 0; x < frameWidth; x++, source++, target += 3) {
        int colour = 3 * (indices[source] & 0xFF);
        rgb[target] = palette[colour];
        rgb[target + 1] = palette[colour + 1];
        rgb[target + 2] = palette[colour + 2];
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;
  }

  /** Entries that the file leaves out are greys. */
  private byte[] palette(int at, int bytes) {
    byte[] palette = new byte[3 * 256];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (i / 3);
    }
    in.require(at, bytes);
    System.arraycopy(in.array(), at, palette, 0, bytes);
    return palette;
  }

  private static int[] rowOrder(int height, boolean interlaced) {
    int[] rows = new int[height];
    if (!interlaced) {
      Arrays.setAll(rows, i -> i);
      return rows;
    }
    int next = 0;
    for (int[] pass : PASSES) {
      for (int row = pass[0]; row < height; row += pass[1]) {
        rows[next++] = row;
      }
    }
    return rows;
  }

  /** Undoes GIF's variable-length LZW. */
  private byte[] unpack(int start, int count) {
    int rootBits = in.u8(start);
    if (rootBits < 1 || rootBits > 8) {
      throw in.unreadable("is corrupt: codes of " + rootBits + " bits");
    }
    byte[] data = subBlocks(start + 1);
    int clear = 1 << rootBits;
    int end = clear + 1;
    // A code's text is its prefix's text and one more byte, and stands in the output already.
    int[] textStart = new int[MAX_CODES];
    int[] textLength = new int[MAX_CODES];
    byte[] out = new byte[count];
    int written = 0;
    int codes = end + 1;
    int bits = rootBits + 1;
    int previousStart = -1;
    int previousLength = 0;
    long bit = 0;
    while (written < count) {
      if (bit + bits > 8L * data.length) {
        throw in.unreadable("is cut short: " + written + " of " + count + " pixels");
      }
      int code = code(data, bit, bits);
      bit += bits;
      if (code == clear) {
        codes = end + 1;
        bits = rootBits + 1;
        previousStart = -1;
        continue;
      }
      if (code == end) {
        throw in.unreadable("is cut short: " + written + " of " + count + " pixels");
      }
      int from = written;
      if (code < clear) {
        out[written++] = (byte) code;
      } else if (code < codes) {
        written = repeat(out, textStart[code], textLength[code], written);
      } else if (code == codes && previousStart >= 0) {
        written = repeat(out, previousStart, previousLength + 1, written);
      } else {
        throw in.unreadable("is corrupt: code " + code + " of " + codes);
      }
      if (previousStart >= 0 && codes < MAX_CODES) {
        textStart[codes] = previousStart;
        textLength[codes++] = previousLength + 1;
        if (codes == 1 << bits && bits < 12) {
          bits++;
        }
      }
      previousStart = from;
      previousLength = written - from;
    }
    return out;
  }

  private static int repeat(byte[] out, int from, int length, int to) {
    int end = Math.min(to + length, out.length);
    for (int source = from, target = to; target < end; ) {
      // Byte by byte: the text may run into what is being written.
      out[target++] = out[source++];
    }
    return end;
  }

  private static int code(byte[] data, long bit, int bits) {
    int at = (int) (bit >> 3);
    int window = data[at] & 0xFF;
    if (at + 1 < data.length) {
      window |= (data[at + 1] & 0xFF) << 8;
    }
    if (at + 2 < data.length) {
      window |= (data[at + 2] & 0xFF) << 16;
    }
    return window >> (bit & 7) & (1 << bits) - 1;
  }

  /** The data blocks joined; a missing end is noticed only if pixels are missing. */
  private byte[] subBlocks(int start) {
    byte[] joined = new byte[in.length() - start];
    int length = 0;
    for (int at = start; at < in.length() && in.u8(at) != 0; at += in.u8(at) + 1) {
      int size = Math.min(in.u8(at), in.length() - at - 1);
      System.arraycopy(in.array(), at + 1, joined, length, size);
      length += size;
    }
    return Arrays.copyOf(joined, length);
  }
}
