package dev.heliograph.gallery;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.ArrayList;
import java.util.List;
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
 * <p>Where a gallery has its features in half precision, those are multiplied, and more rows come
 * into question: as many as the rounding asks for. If they are too many to score one by one, the
 * features are multiplied after all. The answer is the same.
 */
public final class ExactSearch implements AutoCloseable {
  /** What hits are ranked by. */
  public static final String METRIC = "cosine";

  public static final String INDEX = "exact";

  private static final Pattern GPU = Pattern.compile("(?:gpu|cuda)[(:]?(\\d+)\\)?");

  /** Scoring a row exactly takes ten times its part of a scan, and may take a page from a disk. */
  private static final int ROWS_PER_CANDIDATE = 16;

  /** On a CPU, rows are made single in pieces that stay in its cache. */
  private static final int WIDENED_BYTES = 16 << 20;

  private final NDManager manager;
  private final DeviceMatrices matrices;
  private final boolean isCpu;
  private final boolean multipliesHalves;

  /**
   * @param keepsMatrices whether matrices stay on the device, which on a CPU gains nothing
   */
  ExactSearch(Device device, boolean keepsMatrices, long residentLimit) {
    // Unless told not to, DJL reports each start of an engine to its makers over the network.
    System.setProperty("OPT_OUT_TRACKING", "true");
    this.manager = NDManager.newBaseManager(device, "PyTorch");
    this.matrices = new DeviceMatrices(manager, keepsMatrices, residentLimit);
    this.isCpu = !device.isGpu();
    this.multipliesHalves = isCpu && RowProduct.Half.addsInSinglePrecision(manager);
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
   * @throws GalleryException if features in half precision are others'
   */
  List<List<Hit>> search(FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    if (queries.isEmpty()) {
      return List.of();
    }
    check(rows, queries, topK);
    List<TopCandidates> candidates;
    try {
      candidates = candidates(rows, queries, topK);
    } catch (EngineException e) {
      if (!DeviceMatrices.isOutOfMemory(e)) {
        throw e;
      }
      matrices.evictAll();
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

  private static void check(FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    if (queries.size() != topK.size()) {
      throw new IllegalArgumentException(queries.size() + " queries, " + topK.size() + " topK");
    }
    for (int q = 0; q < queries.size(); q++) {
      int length = queries.get(q).length;
      if (length != rows.dimension() || topK.get(q) < 1) {
        throw new IllegalArgumentException(
            "query of " + length + " values for " + rows.dimension() + ", topK " + topK.get(q));
      }
    }
  }

  private List<TopCandidates> candidates(
      FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    List<TopCandidates> found = new ArrayList<>(queries.size());
    List<TopCandidates> left = new ArrayList<>();
    List<TopCandidates> amongHalves = amongHalves(rows, queries, topK);
    for (int q = 0; q < queries.size(); q++) {
      int k = Math.min(topK.get(q), rows.size());
      int most = Math.max(2 * k, rows.size() / ROWS_PER_CANDIDATE);
      if (!amongHalves.isEmpty() && amongHalves.get(q).isDownTo(most)) {
        found.add(amongHalves.get(q));
      } else {
        TopCandidates candidates = TopCandidates.ofFeatures(queries.get(q), k);
        found.add(candidates);
        left.add(candidates);
      }
    }
    scan(rows.exact(), left);
    return found;
  }

  /** For each query, or none if there are no halves. */
  private List<TopCandidates> amongHalves(
      FeatureRows rows, List<float[]> queries, List<Integer> topK) {
    if (rows.halves().isEmpty()) {
      return List.of();
    }
    HalfRows halves = rows.halves().get();
    List<TopCandidates> candidates = new ArrayList<>(queries.size());
    for (int q = 0; q < queries.size(); q++) {
      int k = Math.min(topK.get(q), rows.size());
      candidates.add(TopCandidates.ofHalves(queries.get(q), k, halves));
    }
    scan(halves.matrix(), candidates);
    return candidates;
  }

  private void scan(MappedMatrix matrix, List<TopCandidates> candidates) {
    if (candidates.isEmpty()) {
      return;
    }
    int rowsAtOnce = rowsAtOnce(matrix);
    try (NDManager scope = manager.newSubManager()) {
      List<float[]> queries = candidates.stream().map(TopCandidates::query).toList();
      RowProduct product = product(scope, matrix, queries, rowsAtOnce);
      for (int block = 0; block < matrix.blockCount(); block++) {
        try (NDManager step = manager.newSubManager()) {
          NDArray rows = matrices.block(matrix, block, step);
          int first = block * MappedMatrix.ROWS_PER_BLOCK;
          for (int start = 0; start < matrix.rowsIn(block); start += rowsAtOnce) {
            int end = Math.min(start + rowsAtOnce, matrix.rowsIn(block));
            NDArray piece = rows.get(step, new NDIndex("{}:{}", start, end));
            float[] scores = product.scores(piece);
            for (int q = 0; q < candidates.size(); q++) {
              candidates.get(q).add(scores, q, product.columns(), first + start);
            }
          }
        }
      }
    }
  }

  private RowProduct product(
      NDManager scope, MappedMatrix matrix, List<float[]> queries, int rowsAtOnce) {
    if (matrix.format() == MappedMatrix.Format.FLOAT32) {
      return RowProduct.Single.of(scope, queries);
    }
    return multipliesHalves && queries.size() == 1
        ? RowProduct.Half.of(scope, queries.get(0))
        : RowProduct.Widened.of(scope, queries, Math.min(rowsAtOnce, matrix.size()));
  }

  private int rowsAtOnce(MappedMatrix matrix) {
    boolean inPieces = isCpu && matrix.format() == MappedMatrix.Format.FLOAT16;
    return inPieces
        ? Math.max(1, WIDENED_BYTES / (matrix.dimension() * Float.BYTES))
        : MappedMatrix.ROWS_PER_BLOCK;
  }

  /** Bytes of the matrices that are on the device now. */
  long residentBytes() {
    return matrices.residentBytes();
  }

  @Override
  public void close() {
    matrices.close();
    manager.close();
  }
}
