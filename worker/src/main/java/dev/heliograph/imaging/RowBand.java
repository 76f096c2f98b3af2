package dev.heliograph.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Some rows of an image on their way across. They are turned on their side, so that a line holds
 * the band's pixels of one column: what an output needs is then weighted whole, line by line, by
 * the loops that go down too. A band is used again for the next rows.
 */
final class RowBand {
  /** Lines as long as that pay for their loops, and a block of them stays in the nearest caches. */
  private static final int MOST_ROWS = 128;

  private static final int BLOCK = 64;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] rgb;
  private final int rowBytes;
  private final ResampleAxis across;
  private final AxisSums sums;

  /** Of the source, as many as are turned at a time. */
  private final int[][] columns;

  private final int[][] narrowRows;

  /**
   * @param rgb the image, interleaved
   * @param width of the output
   * @param rows how many of the image's will be asked for, all in all
   */
  RowBand(byte[] rgb, int rowBytes, ResampleAxis across, int width, int rows) {
    this.rgb = rgb;
    this.rowBytes = rowBytes;
    this.across = across;
    int height = evenPart(rows);
    columns = new int[Math.min(BLOCK, across.to() - across.from())][height];
    sums = new AxisSums(across, width, height, this::putColumn);
    narrowRows = new int[height][width];
  }

  /** Even, because a band of fewer rows takes as long. */
  private static int evenPart(int rows) {
    int parts = Math.max(1, (rows + MOST_ROWS - 1) / MOST_ROWS);
    return (rows + parts - 1) / parts;
  }

  /** How many rows it takes at most. */
  int height() {
    return narrowRows.length;
  }

  /**
   * Takes rows of the image.
   *
   * @return lines of the output's width, as many as rows and perhaps more; valid until the next
   *     call
   */
  int[][] narrow(int firstRow, int rows) {
    for (int x = across.from(); x < across.to(); x += columns.length) {
      int end = Math.min(x + columns.length, across.to());
      turn(firstRow, rows, x, end - x);
      sums.add(columns, x, end);
    }
    sums.finish();
    return narrowRows;
  }

  private void putColumn(int x, int[] column) {
    for (int y = 0; y < column.length; y++) {
      narrowRows[y][x] = column[y];
    }
  }

  private void turn(int firstRow, int rows, int firstColumn, int count) {
    int at = firstRow * rowBytes + 3 * firstColumn;
    int i = 0;
    for (; i + 4 <= count; i += 4, at += 12) {
      turnFour(at, rows, columns[i], columns[i + 1], columns[i + 2], columns[i + 3]);
    }
    for (; i < count; i++, at += 3) {
      turnOne(at, rows, columns[i]);
    }
  }

  /** Four at once: an int is then read for each pixel, without reading past the last one's end. */
  private void turnFour(
      int start, int rows, int[] column0, int[] column1, int[] column2, int[] column3) {
    for (int y = 0, at = start; y < rows; y++, at += rowBytes) {
      column0[y] = (int) INT.get(rgb, at) & 0xFFFFFF;
      column1[y] = (int) INT.get(rgb, at + 3) & 0xFFFFFF;
      column2[y] = (int) INT.get(rgb, at + 6) & 0xFFFFFF;
      column3[y] = (int) INT.get(rgb, at + 8) >>> 8;
    }
  }

  private void turnOne(int start, int rows, int[] column) {
    for (int y = 0, at = start; y < rows; y++, at += rowBytes) {
      column[y] = rgb[at] & 0xFF | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF) << 16;
    }
  }
}
