package dev.heliograph.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * How far a precision is from float32.
 *
 * @param features cosines of each image's features in both
 * @param queries cosines of each composed query in both
 * @param ranked results that were looked at for each query
 * @param overlap mean part of the first results that are among the first in both, in [0, 1]
 * @param sameOrder part of the queries whose first results are the same in the same order
 * @param candidateGrids for each image, the largest difference of its map as a candidate, as a part
 *     of the map's largest value
 * @param referenceGrids the same, as a reference
 * @param float32Time of one image, all of that together
 * @param time the same in the other precision
 */
public record PrecisionComparison(
    Spread features,
    Spread queries,
    int ranked,
    double overlap,
    double sameOrder,
    Spread candidateGrids,
    Spread referenceGrids,
    Duration float32Time,
    Duration time) {

  /**
   * Of some values.
   *
   * @param most what 95 % of them are below
   */
  public record Spread(double lowest, double median, double most, double highest) {
    static Spread of(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int last = sorted.length - 1;
      return new Spread(sorted[0], sorted[last / 2], sorted[last * 95 / 100], sorted[last]);
    }
  }

  /**
   * Each model ranks its own features by its own queries.
   *
   * @param ranked results of each query, or as many as there are images
   */
  public static PrecisionComparison of(PrecisionSample exact, PrecisionSample other, int ranked) {
    int images = exact.features().size();
    int top = Math.min(ranked, images);
    double overlap = 0;
    double sameOrder = 0;
    for (int i = 0; i < images; i++) {
      List<Integer> before = ranking(exact, i).subList(0, top);
      List<Integer> after = ranking(other, i).subList(0, top);
      Set<Integer> both = new HashSet<>(before);
      both.retainAll(after);
      overlap += (double) both.size() / top;
      sameOrder += before.equals(after) ? 1 : 0;
    }
    return new PrecisionComparison(
        spread(exact, other, PrecisionSample::features, PrecisionComparison::dot),
        spread(exact, other, PrecisionSample::queries, PrecisionComparison::dot),
        top,
        overlap / images,
        sameOrder / images,
        spread(exact, other, PrecisionSample::candidateGrids, PrecisionComparison::difference),
        spread(exact, other, PrecisionSample::referenceGrids, PrecisionComparison::difference),
        exact.time(),
        other.time());
  }

  private static Spread spread(
      PrecisionSample exact,
      PrecisionSample other,
      Function<PrecisionSample, List<float[]>> part,
      ToDoubleBiFunction<float[], float[]> measure) {
    List<float[]> before = part.apply(exact);
    List<float[]> after = part.apply(other);
    return Spread.of(
        IntStream.range(0, before.size())
            .mapToDouble(i -> measure.applyAsDouble(before.get(i), after.get(i)))
            .toArray());
  }

  /** All images, the best first; the reference is one of them. */
  private static List<Integer> ranking(PrecisionSample sample, int reference) {
    float[] query = sample.queries().get(reference);
    double[] scores = sample.features().stream().mapToDouble(row -> dot(row, query)).toArray();
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(image -> -scores[image]))
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double difference(float[] grid, float[] other) {
    double maximum = 0;
    double largest = 0;
    for (int i = 0; i < grid.length; i++) {
      maximum = Math.max(maximum, grid[i]);
      largest = Math.max(largest, Math.abs((double) grid[i] - other[i]));
    }
    return maximum == 0 ? largest : largest / maximum;
  }
}
