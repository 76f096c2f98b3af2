package dev.heliograph.gallery;

/** Floats of 16 bits with the exponent of 32: the upper half of a float, rounded. */
final class Bfloat16 {
  /** Of a conversion, at most: |rounded − value| is at most this times |value|. */
  static final double ROUNDOFF = 0x1p-9;

  private Bfloat16() {}

  /** The nearest one, halves to even; NaN stays NaN. */
  static short of(float value) {
    int bits = Float.floatToIntBits(value);
    int odd = bits >>> 16 & 1;
    return (short) (bits + 0x7FFF + odd >>> 16);
  }

  static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
