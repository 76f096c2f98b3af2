package dev.heliograph.gallery;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Exact top-k on the model's device. Not thread-safe: used, and closed, by the thread that calls
 * the model.
 *
 * <p>The device multiplies queries with blocks of rows; the result only says which rows come into
 * question, generously enough for any order of summation. Those few are scored again in a fixed
 * order in double precision. So a query's ranking depends neither on its neighbours in the batch
 * nor on the device, equal rows have equal scores, and ties are exactly in gallery order.
 *
 * <p>On a CPU the mapped rows are read where they are. On a GPU the matrices last used stay
 * resident up to a limit; one that does not fit passes through block by block.
 */
public final class ExactSearch implements AutoCloseable {
  /** What hits are ranked by. */
  public static final String METRIC = "cosine";

  public static final String INDEX = "exact";

  private static final Pattern GPU = Pattern.compile("(?:gpu|cuda)[(:]?(\\d+)\\)?");

  /**
   * A product with a single query is done on one thread, at half the memory's speed; so a lonely
   * query is joined by zeros.
   */
  private static final int SMALLEST_PRODUCT = 2;

  private final NDManager manager;
  private final boolean keepsMatrices;
  private long residentLimit;

  /** Matrices on the device, least recently used first. Always empty on a CPU. */
  private final Map<FeatureRows, Resident> residents = new LinkedHashMap<>(16, 0.75f, true);

  private record Resident(NDManager scope, List<NDArray> blocks) {}

  /**
   * @param keepsMatrices whether matrices stay on the device, which on a CPU gains nothing
   */
  ExactSearch(Device device, boolean keepsMatrices, long residentLimit) {
    // Unless told not to, DJL reports each start of an engine to its makers over the network.
    System.setProperty("OPT_OUT_TRACKING", "true");
    this.manager = NDManager.newBaseManager(device, "PyTorch");
    this.keepsMatrices = keepsMatrices;
    this.residentLimit = residentLimit;
  }

  /**
   * @param device as {@link dev.heliograph.pipeline.ModelDescription#device} names it
   * @param residentBytes device memory that galleries may take; without effect on a CPU
   */
  public static ExactSearch on(String device, long residentBytes) {
    if (device.equals("cpu")) {
      return new ExactSearch(Device.cpu(), false, residentBytes);
    }
    Matcher gpu = GPU.matcher(device);
    if (!gpu.matches()) {
      throw new IllegalArgumentException("device: \"" + device + "\" is not cpu or gpu(n)");
    }
    return new ExactSearch(Device.gpu(Integer.parseInt(gpu.group(1))), true, residentBytes);
  }

  /**
   * For each query, its best rows. A query that is not finite gets NaN as every similarity.
   *
   * @throws QueryFailedException with DEVICE_OUT_OF_MEMORY
   */
  List<List<Hit>> search(FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    if (queries.isEmpty()) {
      return List.of();
    }
    List<TopCandidates> candidates = candidates(rows, queries, topK);
    try {
      scan(rows, queries, candidates);
    } catch (EngineException e) {
      if (!isOutOfMemory(e)) {
        throw e;
      }
      evictAll();
      throw new QueryFailedException(
          FailureCode.DEVICE_OUT_OF_MEMORY,
          "searching " + rows.size() + " rows for " + queries.size() + " queries",
          e);
    }
    List<List<Hit>> rankings = new ArrayList<>(queries.size());
    for (TopCandidates query : candidates) {
      rankings.add(query.ranking(rows));
    }
    return rankings;
  }

  private static List<TopCandidates> candidates(
      FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    if (queries.size() != topK.size()) {
      throw new IllegalArgumentException(queries.size() + " queries, " + topK.size() + " topK");
    }
    List<TopCandidates> candidates = new ArrayList<>(queries.size());
    for (int q = 0; q < queries.size(); q++) {
      float[] query = queries.get(q);
      int k = topK.get(q);
      if (query.length != rows.dimension() || k < 1) {
        throw new IllegalArgumentException(
            "query of " + query.length + " values for " + rows.dimension() + ", topK " + k);
      }
      candidates.add(new TopCandidates(query, Math.min(k, rows.size())));
    }
    return candidates;
  }

  private void scan(FeatureRows rows, List<float[]> queries, List<TopCandidates> candidates) {
    try (NDManager scope = manager.newSubManager()) {
      int columns = Math.max(SMALLEST_PRODUCT, queries.size());
      Shape shape = new Shape(columns, rows.dimension());
      NDArray matrix = scope.create(flatten(queries, columns), shape).transpose();
      for (int block = 0; block < rows.blockCount(); block++) {
        float[] scores = scores(scope, rows, block, matrix);
        for (int q = 0; q < candidates.size(); q++) {
          candidates.get(q).add(scores, q, columns, block * FeatureRows.ROWS_PER_BLOCK);
        }
      }
    }
  }

  /**
   * Rows of the block × queries. In this order, and not as queries × rows, the product walks
   * through the gallery once, on all threads.
   *
   * @param queries dimension × queries
   */
  private float[] scores(NDManager scope, FeatureRows rows, int block, NDArray queries) {
    if (keepsMatrices && rows.bytes() <= residentLimit) {
      return product(resident(rows).blocks.get(block), queries);
    }
    try (NDManager step = scope.newSubManager()) {
      return product(matrix(step, rows, block), queries);
    }
  }

  private static float[] product(NDArray rows, NDArray queries) {
    try (NDArray product = rows.matMul(queries)) {
      return product.toFloatArray();
    }
  }

  private Resident resident(FeatureRows rows) {
    Resident known = residents.get(rows);
    if (known != null) {
      return known;
    }
    makeRoom(residentLimit - rows.bytes());
    NDManager scope = manager.newSubManager();
    try {
      List<NDArray> blocks = new ArrayList<>();
      for (int block = 0; block < rows.blockCount(); block++) {
        blocks.add(matrix(scope, rows, block));
      }
      Resident resident = new Resident(scope, blocks);
      residents.put(rows, resident);
      return resident;
    } catch (RuntimeException | Error e) {
      scope.close();
      if (isOutOfMemory(e)) {
        // From now on a gallery of this size passes through block by block.
        residentLimit = Math.min(residentLimit, rows.bytes() - 1);
      }
      throw e;
    }
  }

  /** Rows × dimension. On a CPU this is the mapped memory itself, elsewhere a copy. */
  private static NDArray matrix(NDManager scope, FeatureRows rows, int block) {
    Shape shape = new Shape(rows.rowsIn(block), rows.dimension());
    return scope.create(rows.block(block), shape, DataType.FLOAT32);
  }

  private void makeRoom(long limit) {
    long used = residentBytes();
    var oldest = residents.entrySet().iterator();
    while (used > limit && oldest.hasNext()) {
      Map.Entry<FeatureRows, Resident> evicted = oldest.next();
      used -= evicted.getKey().bytes();
      evicted.getValue().scope.close();
      oldest.remove();
    }
  }

  /** Bytes of the matrices that are on the device now. */
  long residentBytes() {
    return residents.keySet().stream().mapToLong(FeatureRows::bytes).sum();
  }

  private void evictAll() {
    makeRoom(-1);
  }

  /** One behind the other, and zeros behind the last. */
  private static float[] flatten(List<float[]> queries, int count) {
    int dimension = queries.get(0).length;
    float[] flat = new float[count * dimension];
    for (int q = 0; q < queries.size(); q++) {
      System.arraycopy(queries.get(q), 0, flat, q * dimension, dimension);
    }
    return flat;
  }

  /** PyTorch reports it as text only. */
  private static boolean isOutOfMemory(Throwable e) {
    return e.getMessage() != null
        && e.getMessage().toLowerCase(Locale.ROOT).contains("out of memory");
  }

  @Override
  public void close() {
    evictAll();
    manager.close();
  }
}
