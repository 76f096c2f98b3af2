package dev.heliograph.imaging;

/** JFIF's YCbCr to RGB, in the fixed point that libjpeg uses. Chroma is counted from 0. */
final class Ycc {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private Ycc() {}

  static int red(int luma, int redness) {
    return clip(luma + ((91881 * redness + HALF) >> BITS));
  }

  static int green(int luma, int blueness, int redness) {
    return clip(luma + ((-22554 * blueness - 46802 * redness + HALF) >> BITS));
  }

  static int blue(int luma, int blueness) {
    return clip(luma + ((116130 * blueness + HALF) >> BITS));
  }

  /** To 0..255. */
  static int clip(int level) {
    return Math.min(Math.max(level, 0), 255);
  }
}
