package dev.heliograph.imaging;

import java.util.zip.Adler32;

/**
 * Filters and compresses stripes of rows, each into a chunk of its own that begins and ends with a
 * whole byte: stripes that were made side by side are just put one behind the other.
 */
final class PngStripes {
  /** Bytes of a stripe: it stays in the processor's cache from filter to code. */
  static final int STRIPE = 1 << 18;

  private static final byte SUB = 1;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  private final int height;
  private final PngEncoder.Rows rows;
  private final BitSink out;
  private final RunDeflater deflater;
  private final byte[] rgb;
  private final int rowBytes;
  private final int rowsPerStripe;
  private final byte[] stripe;

  PngStripes(int width, int height, PngEncoder.Rows rows, BitSink out) {
    this.height = height;
    this.rows = rows;
    this.out = out;
    deflater = new RunDeflater(out);
    rgb = new byte[Math.multiplyExact(3, width)];
    rowBytes = 1 + rgb.length;
    rowsPerStripe = rowsPerStripe(width);
    stripe = new byte[Math.multiplyExact(rowsPerStripe, rowBytes)];
  }

  private static int rowsPerStripe(int width) {
    return Math.max(1, STRIPE / (1 + 3 * width));
  }

  /** How many an image has, the last one of which may have fewer rows. */
  static int count(int width, int height) {
    return (height - 1) / rowsPerStripe(width) + 1;
  }

  /**
   * Appends stripes.
   *
   * @return of what they were before they were compressed
   */
  AdlerSum append(int from, int to) {
    Adler32 checksum = new Adler32();
    int first = from * rowsPerStripe;
    int end = (int) Math.min((long) to * rowsPerStripe, height);
    for (int y = first; y < end; y += rowsPerStripe) {
      int length = Math.min(rowsPerStripe, end - y) * rowBytes;
      for (int at = 0; at < length; at += rowBytes) {
        rows.row(y + at / rowBytes, rgb);
        filter(at);
      }
      checksum.update(stripe, 0, length);
      int chunk = PngChunk.begin(out, "IDAT");
      deflater.block(stripe, length, y + rowsPerStripe >= height);
      PngChunk.end(out, chunk);
    }
    return AdlerSum.of(checksum, (long) (end - first) * rowBytes);
  }

  /** Each byte less the one of the pixel on the left. */
  private void filter(int at) {
    stripe[at] = SUB;
    System.arraycopy(rgb, 0, stripe, at + 1, 3);
    int i = 3;
    for (; i <= rgb.length - Long.BYTES; i += Long.BYTES) {
      long left = (long) BitSink.LONG.get(rgb, i - 3);
      BitSink.LONG.set(stripe, at + 1 + i, less((long) BitSink.LONG.get(rgb, i), left));
    }
    for (; i < rgb.length; i++) {
      stripe[at + 1 + i] = (byte) (rgb[i] - rgb[i - 3]);
    }
  }

  /** Eight bytes less eight others: no byte borrows from the next, having its highest bit set. */
  private static long less(long bytes, long others) {
    long lower = (bytes | HIGHEST_BITS) - (others & ~HIGHEST_BITS);
    return lower ^ (bytes ^ ~others) & HIGHEST_BITS;
  }
}
