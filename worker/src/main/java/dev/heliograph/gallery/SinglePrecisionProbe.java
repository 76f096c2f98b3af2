package dev.heliograph.gallery;

import java.util.Arrays;

/**
 * A product of two vectors of halves whose sum tells in which precision it was added up. Its terms
 * are each (1 + 2^-6)² and then each -(1 + 2^-5): single precision loses nothing of them in
 * whatever order, half precision the whole sum. They are as many as a gallery's features have at
 * most, so that also a machine is found out that adds in single precision, but only so many at a
 * time.
 */
final class SinglePrecisionProbe {
  static final int DIMENSION = GalleryManifest.MAX_DIMENSION;
  static final float SUM = DIMENSION / 2 * 0x1p-12f;

  private SinglePrecisionProbe() {}

  static float[] row() {
    return halves(1 + 0x1p-6f, 1);
  }

  static float[] query() {
    return halves(1 + 0x1p-6f, -1 - 0x1p-5f);
  }

  private static float[] halves(float first, float second) {
    float[] values = new float[DIMENSION];
    Arrays.fill(values, 0, DIMENSION / 2, first);
    Arrays.fill(values, DIMENSION / 2, DIMENSION, second);
    return values;
  }
}
