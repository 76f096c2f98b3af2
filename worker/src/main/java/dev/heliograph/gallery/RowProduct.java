package dev.heliograph.gallery;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.query.HalfFloat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Scores of rows for the queries of one scan, off by no more than {@link ScoreError} says. Lives as
 * long as the manager that it was made in.
 */
sealed interface RowProduct {
  /** Scores of each row: as many as queries, and perhaps more. */
  int columns();

  /**
   * Rows × columns.
   *
   * @param rows (N, dimension), in the format that the product is made for
   */
  float[] scores(NDArray rows);

  /**
   * Rows and queries in single precision. In this order, and not as queries × rows, the product
   * walks through the gallery once, on all threads.
   *
   * @param queries (dimension, columns)
   */
  record Single(NDArray queries, int columns) implements RowProduct {
    /**
     * A product with a single query is done on one thread, at half the memory's speed; so a lonely
     * query is joined by zeros.
     */
    private static final int SMALLEST = 2;

    static Single of(NDManager scope, List<float[]> queries) {
      int columns = Math.max(SMALLEST, queries.size());
      int dimension = queries.get(0).length;
      float[] flat = new float[columns * dimension];
      for (int q = 0; q < queries.size(); q++) {
        System.arraycopy(queries.get(q), 0, flat, q * dimension, dimension);
      }
      NDArray matrix = scope.create(flat, new Shape(columns, dimension));
      return new Single(matrix.transpose(), columns);
    }

    @Override
    public float[] scores(NDArray rows) {
      try (NDArray product = rows.matMul(queries)) {
        return product.toFloatArray();
      }
    }
  }

  /**
   * Rows in half precision, made single before they are multiplied.
   *
   * @param room (as many rows as are given at most, dimension), overwritten each time
   */
  record Widened(Single product, NDArray room) implements RowProduct {
    static Widened of(NDManager scope, List<float[]> queries, int rows) {
      NDArray room = scope.create(new Shape(rows, queries.get(0).length), DataType.FLOAT32);
      return new Widened(Single.of(scope, queries), room);
    }

    @Override
    public int columns() {
      return product.columns();
    }

    @Override
    public float[] scores(NDArray rows) {
      NDIndex used = new NDIndex("0:{}", rows.getShape().get(0));
      room.set(used, rows);
      try (NDArray wide = room.get(used)) {
        return product.scores(wide);
      }
    }
  }

  /**
   * Rows in half precision and one query, which is rounded likewise: on a CPU the fastest product
   * there is, but only of one query.
   */
  record Half(NDArray query) implements RowProduct {
    static Half of(NDManager scope, float[] query) {
      ByteBuffer halves =
          ByteBuffer.allocateDirect(query.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : query) {
        halves.putShort(HalfFloat.bits(value));
      }
      return new Half(scope.create(halves.flip(), new Shape(query.length), DataType.FLOAT16));
    }

    @Override
    public int columns() {
      return 1;
    }

    @Override
    public float[] scores(NDArray rows) {
      try (NDArray product = rows.matMul(query);
          NDArray scores = product.toType(DataType.FLOAT32, false)) {
        return scores.toFloatArray();
      }
    }

    /**
     * Whether products are added up in single precision here, as PyTorch does on processors that it
     * was tried on.
     */
    static boolean addsInSinglePrecision(NDManager manager) {
      int rows = 64;
      float[] row = SinglePrecisionProbe.row();
      ByteBuffer halves =
          ByteBuffer.allocateDirect(rows * row.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < rows * row.length; i++) {
        halves.putShort(HalfFloat.bits(row[i % row.length]));
      }
      try (NDManager scope = manager.newSubManager()) {
        Shape shape = new Shape(rows, row.length);
        NDArray matrix = scope.create(halves.flip(), shape, DataType.FLOAT16);
        for (float score : of(scope, SinglePrecisionProbe.query()).scores(matrix)) {
          if (score != SinglePrecisionProbe.SUM) {
            return false;
          }
        }
        return true;
      }
    }
  }
}
