package dev.heliograph.query;

/** IEEE 754 binary16, of which {@code Float} knows from JDK 20 on. */
public final class HalfFloat {
  /** Smallest number that rounds to infinity: halfway between 65504 and 65536. */
  private static final float OVERFLOW = 65520f;

  private static final float SMALLEST_NORMAL = 0x1p-14f;

  private HalfFloat() {}

  /** The nearest binary16 number's bits; a tie goes to the even one. */
  public static short bits(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7E00);
    }
    if (magnitude >= OVERFLOW) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < SMALLEST_NORMAL) {
      // Multiples of 2^-24. Adding 2^23 of them leaves no room for a fraction, so it is rounded.
      return (short) (sign | (Float.floatToRawIntBits(magnitude * 0x1p24f + 0x1p23f) & 0x7FF));
    }
    int bits = Float.floatToRawIntBits(magnitude);
    // Ties to even: half a unit less one, and one more where the last kept bit is set. A carry
    // runs into the exponent, as it should.
    int rounded = bits + 0xFFF + (bits >> 13 & 1);
    return (short) (sign | (rounded >> 13) - (112 << 10));
  }

  /** What bits stand for; every such number is a float. */
  public static float value(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wideExponent << 23) | (fraction << 13));
  }
}
