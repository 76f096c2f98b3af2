package dev.heliograph.gallery;

import dev.heliograph.query.HalfFloat;

/**
 * How far a scan's scores may be from {@link FeatureRows#similarity}, whatever the order of
 * summation. With u the unit roundoff, a sum of n products is off by at most n u |q| |row| (Higham,
 * Accuracy and Stability of Numerical Algorithms, 3.1); four more u are for the roundings of what
 * it is compared with. All bounds are 1 % wider, for rows that are not quite of unit length and for
 * terms of second order.
 */
final class ScoreError {
  private static final double SINGLE_ROUNDOFF = 0x1p-24;
  private static final double HALF_ROUNDOFF = 0x1p-11;

  /** The largest half. */
  private static final double LARGEST_HALF = 65504;

  /** Half of the smallest half. */
  private static final double HALF_UNDERFLOW = 0x1p-25;

  private static final double SLACK = 1.01;

  private ScoreError() {}

  /** Of rows and a query in single precision; not finite if the query is not. */
  static double single(float[] query) {
    double squares = 0;
    for (float value : query) {
      squares += (double) value * value;
    }
    return SLACK * summation(query) * Math.sqrt(squares);
  }

  /**
   * Of rows r' in half precision, and a query q' that may be or not: |q'·r' - q·r| is at most |q' -
   * q| |r'| + |q| |r' - r|, and the score may be rounded to a half in the end. Not finite if the
   * query is not, or is too large for halves, or its scores may be.
   *
   * @param rowError no r' is farther from its r
   */
  static double half(float[] query, double rowError) {
    double squares = 0;
    double errorSquares = 0;
    for (float value : query) {
      double error = (double) value - HalfFloat.value(HalfFloat.bits(value));
      squares += (double) value * value;
      errorSquares += error * error;
    }
    double length = Math.sqrt(squares);
    double error = Math.sqrt(errorSquares);
    double product = (length + error) * (1 + rowError);
    if (SLACK * product > LARGEST_HALF) {
      return Double.POSITIVE_INFINITY;
    }
    return SLACK
        * (error * (1 + rowError)
            + length * rowError
            + (summation(query) + HALF_ROUNDOFF) * product
            + HALF_UNDERFLOW);
  }

  private static double summation(float[] query) {
    return (query.length + 4) * SINGLE_ROUNDOFF;
  }
}
