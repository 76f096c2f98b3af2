package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.HeatmapFormat;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * Writes 8-bit RGB as PNG, row by row: each row as differences from the pixel on its left, stripes
 * of rows compressed by {@link RunDeflater}. The bytes depend on the pixels alone.
 */
final class PngEncoder {
  /** Makes an image's rows, which are asked for once each, from the top. */
  interface Rows {
    /**
     * @param rgb receives three bytes a pixel
     */
    void row(int y, byte[] rgb);
  }

  /** Bytes of a stripe: it stays in the processor's cache from filter to code. */
  private static final int STRIPE = 1 << 18;

  private static final int CHUNK_FRAME = 12;
  private static final byte SUB = 1;

  /** Deflate, a window of 32 KiB, fastest. */
  private static final int ZLIB_HEADER = 0x7801;

  private static final int COLOUR_RGB = 2;

  private final int width;
  private final int height;
  private final Rows rows;
  private final ByteArrays arrays;
  private final byte[] rgb;
  private final int rowBytes;

  private PngEncoder(int width, int height, Rows rows, ByteArrays arrays) {
    this.width = width;
    this.height = height;
    this.rows = rows;
    this.arrays = arrays;
    rgb = new byte[Math.multiplyExact(3, width)];
    rowBytes = 1 + rgb.length;
  }

  /**
   * Encodes an image.
   *
   * @param arrays where the file's is from
   * @throws IllegalArgumentException if no array can hold the file
   */
  static EncodedObject encode(int width, int height, Rows rows, ByteArrays arrays) {
    return new PngEncoder(width, height, rows, arrays).encode();
  }

  private EncodedObject encode() {
    long pixels = (long) rowBytes * height;
    BitSink out = new BitSink(arrays, (int) Math.min(1024 + pixels * 5 / 8, 1 << 30));
    for (char c : PngFile.SIGNATURE.toCharArray()) {
      out.put(c, 8);
    }
    int header = begin(out, "IHDR");
    out.putInt(width);
    out.putInt(height);
    out.put(8, 8); // bits a channel
    out.put(COLOUR_RGB, 8);
    out.put(0, 24); // compression, filter method, no interlace: the only ones, or none
    end(out, header);
    int data = begin(out, "IDAT");
    compress(out);
    end(out, data);
    end(out, begin(out, "IEND"));
    return new EncodedObject(out.bytes, out.position, HeatmapFormat.PNG.mediaType());
  }

  private void compress(BitSink out) {
    out.put(ZLIB_HEADER >> 8, 8);
    out.put(ZLIB_HEADER & 0xFF, 8);
    RunDeflater deflater = new RunDeflater(out);
    Adler32 checksum = new Adler32();
    int rowsPerStripe = Math.max(1, STRIPE / rowBytes);
    byte[] stripe = new byte[Math.multiplyExact(rowsPerStripe, rowBytes)];
    for (int y = 0; y < height; y += rowsPerStripe) {
      int count = Math.min(rowsPerStripe, height - y);
      for (int i = 0; i < count; i++) {
        rows.row(y + i, rgb);
        filter(stripe, i * rowBytes);
      }
      checksum.update(stripe, 0, count * rowBytes);
      deflater.block(stripe, count * rowBytes, y + count == height);
    }
    out.align();
    out.reserve(CHUNK_FRAME * 3);
    out.putInt((int) checksum.getValue());
  }

  private void filter(byte[] stripe, int at) {
    stripe[at] = SUB;
    System.arraycopy(rgb, 0, stripe, at + 1, 3);
    for (int i = 3; i < rgb.length; i++) {
      stripe[at + 1 + i] = (byte) (rgb[i] - rgb[i - 3]);
    }
  }

  /** Begins a chunk and returns where it does; its length is still to come. */
  private static int begin(BitSink out, String type) {
    out.reserve(1024);
    int start = out.position;
    out.putInt(0);
    for (byte letter : type.getBytes(StandardCharsets.US_ASCII)) {
      out.put(letter, 8);
    }
    return start;
  }

  private static void end(BitSink out, int start) {
    int length = out.position - start - 2 * Integer.BYTES;
    for (int i = 0; i < Integer.BYTES; i++) {
      out.bytes[start + i] = (byte) (length >>> (24 - 8 * i));
    }
    CRC32 crc = new CRC32();
    crc.update(out.bytes, start + Integer.BYTES, length + Integer.BYTES);
    out.reserve(CHUNK_FRAME);
    out.putInt((int) crc.getValue());
  }
}
