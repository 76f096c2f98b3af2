package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.HeatmapFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * Writes 8-bit RGB as PNG, row by row: each row as differences from the pixel on its left, stripes
 * of rows compressed by {@link RunDeflater}. The bytes depend on the pixels alone.
 *
 * <p>Large images are encoded in parts, side by side. The first part is written where it stays, the
 * others are copied behind it.
 */
final class PngEncoder {
  /** Makes an image's rows. */
  interface Rows {
    /**
     * @param rgb receives three bytes a pixel
     */
    void row(int y, byte[] rgb);
  }

  /** Part of an image: its chunks, and the checksum of what they hold. */
  private record Part(BitSink out, AdlerSum checksum) {}

  /** A part is worth a thread's attention from about a millisecond of work on. */
  private static final int STRIPES_PER_PART = 2;

  /** More would take more memory than the pixels until they are put together. */
  private static final int MOST_PARTS = 2;

  /** Deflate, a window of 32 KiB, fastest. */
  private static final int ZLIB_HEADER = 0x7801;

  private static final int COLOUR_RGB = 2;

  private final int width;
  private final int height;
  private final Supplier<Rows> rows;
  private final ByteArrays arrays;
  private final int stripes;

  private PngEncoder(int width, int height, Supplier<Rows> rows, ByteArrays arrays) {
    this.width = width;
    this.height = height;
    this.rows = rows;
    this.arrays = arrays;
    stripes = PngStripes.count(width, height);
  }

  /**
   * Encodes an image.
   *
   * @param rows makes one for each thread. All together are asked for each row once
   * @param arrays where the file's is from, and those of its parts
   * @throws IllegalArgumentException if no array can hold the file
   */
  static EncodedObject encode(int width, int height, Supplier<Rows> rows, ByteArrays arrays) {
    int worthwhile = PngStripes.count(width, height) / STRIPES_PER_PART;
    int threads = Math.min(MOST_PARTS, Runtime.getRuntime().availableProcessors());
    return encode(width, height, rows, arrays, Math.max(1, Math.min(worthwhile, threads)));
  }

  /** In so many parts, whose number makes no difference. */
  static EncodedObject encode(
      int width, int height, Supplier<Rows> rows, ByteArrays arrays, int parts) {
    return new PngEncoder(width, height, rows, arrays).encode(parts);
  }

  private EncodedObject encode(int count) {
    BitSink out = sink(stripes);
    header(out);
    List<Part> parts = Parts.of(count, i -> part(i, count, out));
    AdlerSum checksum = parts.get(0).checksum;
    for (Part part : parts.subList(1, count)) {
      out.append(part.out);
      arrays.give(part.out.bytes);
      checksum = checksum.then(part.checksum);
    }
    int trailer = PngChunk.begin(out, "IDAT");
    out.putInt(checksum.value());
    PngChunk.end(out, trailer);
    PngChunk.end(out, PngChunk.begin(out, "IEND"));
    return new EncodedObject(out.bytes, out.position, HeatmapFormat.PNG.mediaType());
  }

  private void header(BitSink out) {
    for (char c : PngFile.SIGNATURE.toCharArray()) {
      out.put(c, 8);
    }
    int header = PngChunk.begin(out, "IHDR");
    out.putInt(width);
    out.putInt(height);
    out.put(8, 8); // bits a channel
    out.put(COLOUR_RGB, 8);
    out.put(0, 24); // compression, filter method, no interlace: the only ones, or none
    PngChunk.end(out, header);
    int data = PngChunk.begin(out, "IDAT");
    out.put(ZLIB_HEADER >> 8, 8);
    out.put(ZLIB_HEADER & 0xFF, 8);
    PngChunk.end(out, data);
  }

  private Part part(int index, int count, BitSink first) {
    int from = (int) ((long) stripes * index / count);
    int to = (int) ((long) stripes * (index + 1) / count);
    BitSink out = index == 0 ? first : sink(to - from);
    return new Part(out, new PngStripes(width, height, rows.get(), out).append(from, to));
  }

  /** With room for as much as so many stripes of a photograph take, and for a worse one. */
  private BitSink sink(int stripes) {
    long bytes = (1 + 3L * width) * height * stripes / this.stripes;
    long room = 1024 + bytes * 5 / 8 + 2 * Math.min(bytes, PngStripes.STRIPE);
    return new BitSink(arrays, (int) Math.min(room, 1 << 30));
  }
}
