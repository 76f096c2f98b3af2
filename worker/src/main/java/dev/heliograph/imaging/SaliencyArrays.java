package dev.heliograph.imaging;

import dev.heliograph.query.SaliencyMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes saliency maps as NumPy files, row by row into the file's bytes. */
final class SaliencyArrays {
  private static final String ZIP_ENTRY = "saliency.npy";

  /** The first moment that a zip can state: the bytes are to depend on the map alone. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private SaliencyArrays() {}

  static byte[] npy(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    ByteBuffer out = start(NpyHeader.FLOAT32, projection.height(), projection.width(), 4);
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      out.asFloatBuffer().put(row);
      out.position(out.position() + 4 * row.length);
    }
    return out.array();
  }

  static byte[] npyFloat16(SaliencyMap map) {
    SaliencyProjection projection = new SaliencyProjection(map);
    ByteBuffer out = start(NpyHeader.FLOAT16, projection.height(), projection.width(), 2);
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    short[] halves = new short[row.length];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      for (int x = 0; x < row.length; x++) {
        halves[x] = HalfFloat.bits(row[x]);
      }
      out.asShortBuffer().put(halves);
      out.position(out.position() + 2 * halves.length);
    }
    return out.array();
  }

  static byte[] npz(SaliencyMap map) {
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
    ByteBuffer bytes = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      bytes.asFloatBuffer().put(row);
      out.write(bytes.array());
    }
  }

  /** The raw grid. */
  static byte[] grid(SaliencyMap map) {
    ByteBuffer out = start(NpyHeader.FLOAT32, map.rows(), map.columns(), 4);
    out.asFloatBuffer().put(map.grid());
    return out.array();
  }

  /** The whole file's bytes with the header written and the position behind it. */
  private static ByteBuffer start(String type, int rows, int columns, int itemBytes) {
    byte[] header = NpyHeader.of(type, rows, columns);
    long size = header.length + (long) rows * columns * itemBytes;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an array of " + rows + " x " + columns + " values does not fit into one file");
    }
    return ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN).put(header);
  }
}
