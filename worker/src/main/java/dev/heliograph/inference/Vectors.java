package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/** Lengths and directions of rows. */
final class Vectors {
  private static final float SMALLEST_LENGTH = 1e-12f;

  private static final int[] ROWS = {1};

  private Vectors() {}

  /** (B, D) to (B, 1), at least 1e-12. */
  static NDArray length(NDArray rows) {
    return rows.square().sum(ROWS, true).sqrt().maximum(SMALLEST_LENGTH);
  }

  /** Each row divided by its length. */
  static NDArray unit(NDArray rows) {
    return rows.div(length(rows));
  }

  /** (B, D) and (B, D) to (B, 1): the dot product of rows. */
  static NDArray dot(NDArray a, NDArray b) {
    return a.mul(b).sum(ROWS, true);
  }

  /** (B, D) as B arrays. */
  static float[][] rows(NDArray array) {
    int count = (int) array.getShape().get(0);
    float[] flat = array.toFloatArray();
    int length = flat.length / count;
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * length, (i + 1) * length);
    }
    return rows;
  }
}
