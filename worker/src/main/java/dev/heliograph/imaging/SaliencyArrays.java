package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.HalfFloat;
import dev.heliograph.query.SaliencyMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes saliency maps as NumPy files, row by row into the file's bytes. Thread-safe. */
final class SaliencyArrays {
  private static final String ZIP_ENTRY = "saliency.npy";

  /** The first moment that a zip can state: the bytes are to depend on the map alone. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ByteArrays arrays;

  /**
   * @param arrays where those of large files are from
   */
  SaliencyArrays(ByteArrays arrays) {
    this.arrays = arrays;
  }

  /**
   * @param format not NONE
   */
  EncodedObject encode(SaliencyMap map, ArrayFormat format) {
    return switch (format) {
      case NPY -> npy(map);
      case NPY_FLOAT16 -> npyFloat16(map);
      case NPZ -> new EncodedObject(npz(map), format.mediaType());
      case GRID -> grid(map);
      case NONE -> throw new IllegalArgumentException("format: NONE has no bytes");
    };
  }

  private EncodedObject npy(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    EncodedObject file =
        headed(
            ArrayFormat.NPY,
            NpyHeader.FLOAT32,
            projection.height(),
            projection.width(),
            Float.BYTES);
    FloatBuffer data = data(file, projection, Float.BYTES).asFloatBuffer();
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      data.put(row);
    }
    return file;
  }

  private EncodedObject npyFloat16(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    EncodedObject file =
        headed(
            ArrayFormat.NPY_FLOAT16,
            NpyHeader.FLOAT16,
            projection.height(),
            projection.width(),
            Short.BYTES);
    ShortBuffer data = data(file, projection, Short.BYTES).asShortBuffer();
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    short[] halves = new short[row.length];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      for (int x = 0; x < row.length; x++) {
        halves[x] = HalfFloat.bits(row[x]);
      }
      data.put(halves);
    }
    return file;
  }

  private static byte[] npz(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.setLevel(Deflater.BEST_SPEED);
      ZipEntry entry = new ZipEntry(ZIP_ENTRY);
      entry.setTimeLocal(NO_TIME);
      zip.putNextEntry(entry);
      writeRows(projection, zip);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return file.toByteArray();
  }

  private static void writeRows(SaliencyProjection projection, OutputStream out)
      throws IOException {
    out.write(NpyHeader.of(NpyHeader.FLOAT32, projection.height(), projection.width()));
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    byte[] bytes = new byte[Math.multiplyExact(Float.BYTES, row.length)];
    FloatBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      view.put(0, row);
      out.write(bytes);
    }
  }

  /** The raw grid. */
  private EncodedObject grid(SaliencyMap map) {
    EncodedObject file =
        headed(ArrayFormat.GRID, NpyHeader.FLOAT32, map.rows(), map.columns(), Float.BYTES);
    data(file, Float.BYTES * map.grid().length).asFloatBuffer().put(map.grid());
    return file;
  }

  /** The whole file: its header, and room where the data go. */
  private EncodedObject headed(
      ArrayFormat format, String type, int rows, int columns, int itemBytes) {
    byte[] header = NpyHeader.of(type, rows, columns);
    long size = header.length + (long) rows * columns * itemBytes;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an array of " + rows + " x " + columns + " values does not fit into one file");
    }
    byte[] file = arrays.take((int) size);
    System.arraycopy(header, 0, file, 0, header.length);
    return new EncodedObject(file, (int) size, format.mediaType());
  }

  private static ByteBuffer data(EncodedObject file, SaliencyProjection projection, int itemBytes) {
    return data(file, projection.width() * projection.height() * itemBytes);
  }

  /** The last so many bytes. */
  private static ByteBuffer data(EncodedObject file, int bytes) {
    return ByteBuffer.wrap(file.array(), file.length() - bytes, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
