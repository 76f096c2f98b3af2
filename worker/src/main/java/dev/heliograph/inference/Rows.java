package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;

/** Picks rows of a table by index. */
final class Rows {
  private Rows() {}

  /**
   * @param table (rows, W)
   * @param indices row-major, of the given shape
   * @return (shape…, W), in the given manager, whichever holds the table
   */
  static NDArray pick(NDManager manager, NDArray table, long[] indices, Shape shape) {
    NDArray at = manager.create(indices, shape);
    return at.getNDArrayInternal().embedding(at, table, SparseFormat.DENSE).singletonOrThrow();
  }
}
