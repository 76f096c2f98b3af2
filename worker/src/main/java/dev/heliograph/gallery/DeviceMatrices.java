package dev.heliograph.gallery;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Mapped matrices as arrays of a device. On a CPU arrays are the mapped memory itself. On a GPU the
 * matrices last used stay resident up to a limit; one that does not fit passes through block by
 * block. Not thread-safe.
 */
final class DeviceMatrices implements AutoCloseable {
  private final NDManager manager;
  private final boolean keepsMatrices;
  private long residentLimit;

  /** Matrices on the device, least recently used first. Always empty on a CPU. */
  private final Map<MappedMatrix, Resident> residents = new LinkedHashMap<>(16, 0.75f, true);

  private record Resident(NDManager scope, List<NDArray> blocks) {}

  /**
   * @param manager is left open
   * @param keepsMatrices whether matrices stay on the device, which on a CPU gains nothing
   */
  DeviceMatrices(NDManager manager, boolean keepsMatrices, long residentLimit) {
    this.manager = manager;
    this.keepsMatrices = keepsMatrices;
    this.residentLimit = residentLimit;
  }

  /**
   * Rows × dimension.
   *
   * @param step owns the array, unless the matrix stays
   */
  NDArray block(MappedMatrix matrix, int block, NDManager step) {
    return keepsMatrices && matrix.bytes() <= residentLimit
        ? resident(matrix).blocks.get(block)
        : array(matrix, block, step);
  }

  private Resident resident(MappedMatrix matrix) {
    Resident known = residents.get(matrix);
    if (known != null) {
      return known;
    }
    makeRoom(residentLimit - matrix.bytes());
    NDManager scope = manager.newSubManager();
    try {
      List<NDArray> blocks = new ArrayList<>();
      for (int block = 0; block < matrix.blockCount(); block++) {
        blocks.add(array(matrix, block, scope));
      }
      Resident resident = new Resident(scope, blocks);
      residents.put(matrix, resident);
      return resident;
    } catch (RuntimeException | Error e) {
      scope.close();
      if (isOutOfMemory(e)) {
        // From now on a matrix of this size passes through block by block.
        residentLimit = Math.min(residentLimit, matrix.bytes() - 1);
      }
      throw e;
    }
  }

  private static NDArray array(MappedMatrix matrix, int block, NDManager scope) {
    Shape shape = new Shape(matrix.rowsIn(block), matrix.dimension());
    return scope.create(matrix.block(block), shape, type(matrix.format()));
  }

  private static DataType type(MappedMatrix.Format format) {
    return switch (format) {
      case FLOAT32 -> DataType.FLOAT32;
      case FLOAT16 -> DataType.FLOAT16;
    };
  }

  private void makeRoom(long limit) {
    long used = residentBytes();
    var oldest = residents.entrySet().iterator();
    while (used > limit && oldest.hasNext()) {
      Map.Entry<MappedMatrix, Resident> evicted = oldest.next();
      used -= evicted.getKey().bytes();
      evicted.getValue().scope.close();
      oldest.remove();
    }
  }

  /** Bytes of the matrices that are on the device now. */
  long residentBytes() {
    return residents.keySet().stream().mapToLong(MappedMatrix::bytes).sum();
  }

  void evictAll() {
    makeRoom(-1);
  }

  /** PyTorch reports it as text only. */
  static boolean isOutOfMemory(Throwable e) {
    return e.getMessage() != null
        && e.getMessage().toLowerCase(Locale.ROOT).contains("out of memory");
  }

  @Override
  public void close() {
    evictAll();
  }
}
