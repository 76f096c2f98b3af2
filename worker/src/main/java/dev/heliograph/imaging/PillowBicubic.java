package dev.heliograph.imaging;

import dev.heliograph.query.ImageGeometry;

/**
 * Pillow's bicubic resize, bit for bit: all rows across, rounded to 8 bits, then down. Of the
 * padded and resized image only the crop is computed, and only from the rows and columns it needs.
 *
 * <p>Rows go across in bands, and then are added to the outputs below them right away, so the
 * narrowed image is never held as a whole.
 *
 * <p>Large images are resized in stripes of output rows, side by side. The source rows around a
 * stripe's edge go across twice, which is a small part of a large image only.
 */
final class PillowBicubic {
  /** A stripe is worth a thread's attention from about a millisecond of work on. */
  private static final long PIXELS_PER_STRIPE = 1L << 20;

  private final byte[] out;
  private final int side;

  /** Where this stripe begins in the output. */
  private final int start;

  private final ResampleAxis down;
  private final RowBand band;
  private final AxisSums sums;

  /**
   * @param fraction of the original's size that the pixels are left with
   * @param from first output row
   * @param to behind the last output row
   * @param out the whole output
   */
  private PillowBicubic(
      byte[] rgb, ImageGeometry geometry, int fraction, int from, int to, byte[] out) {
    this.out = out;
    side = geometry.side();
    start = 3 * side * from;
    ResampleAxis across =
        new ResampleAxis(
            geometry.width(),
            geometry.padX(),
            geometry.resizedWidth(),
            geometry.cropX(),
            side,
            fraction);
    down =
        new ResampleAxis(
            geometry.height(),
            geometry.padY(),
            geometry.resizedHeight(),
            geometry.cropY() + from,
            to - from,
            fraction);
    int rowBytes = 3 * ((geometry.width() + fraction - 1) / fraction);
    band = new RowBand(rgb, rowBytes, across, side, down.to() - down.from());
    sums = new AxisSums(down, to - from, side, this::putRow);
  }

  /**
   * Pads, resizes and crops.
   *
   * @param rgb the original, interleaved, of the geometry's size
   * @return side × side, RGB, interleaved
   */
  static byte[] resize(byte[] rgb, ImageGeometry geometry) {
    long worthwhile = (long) geometry.width() * geometry.height() / PIXELS_PER_STRIPE;
    int stripes =
        (int) Math.max(1, Math.min(worthwhile, Runtime.getRuntime().availableProcessors()));
    return resize(rgb, geometry, 1, stripes);
  }

  /**
   * Nearly the same, of an original that was decoded at a fraction of its size.
   *
   * @param rgb interleaved, each side that of the geometry over the fraction, rounded up
   * @param fraction such as 4 for a quarter
   */
  static byte[] resizeReduced(byte[] rgb, ImageGeometry geometry, int fraction) {
    return resize(rgb, geometry, fraction, 1);
  }

  /** In so many stripes, whose number makes no difference. */
  static byte[] resize(byte[] rgb, ImageGeometry geometry, int fraction, int stripes) {
    int side = geometry.side();
    byte[] out = new byte[3 * side * side];
    Parts.run(
        stripes,
        i -> {
          int from = i * side / stripes;
          int to = (i + 1) * side / stripes;
          new PillowBicubic(rgb, geometry, fraction, from, to, out).resize();
        });
    return out;
  }

  private void resize() {
    for (int y = down.from(); y < down.to(); y += band.height()) {
      int end = Math.min(y + band.height(), down.to());
      sums.add(band.narrow(y, end - y), y, end);
    }
    sums.finish();
  }

  private void putRow(int y, int[] row) {
    int at = start + 3 * side * y;
    for (int pixel : row) {
      out[at++] = (byte) pixel;
      out[at++] = (byte) (pixel >> 8);
      out[at++] = (byte) (pixel >> 16);
    }
  }
}
