package dev.heliograph.gallery;

import dev.heliograph.pipeline.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The rows that may be among the best k of one query, found from scores that are a little off. A
 * row is kept while its score is at most {@code margin} below the k-th best so far; with a margin
 * of twice the {@linkplain ScoreError scores' error}, no row of the true best k is ever lost.
 * {@link #ranking} then scores the kept rows exactly. Ties keep the rows' order; NaN ranks last.
 */
final class TopCandidates {
  private static final int INITIAL_CAPACITY = 256;

  private static final Comparator<Hit> BEST_FIRST =
      (a, b) -> {
        boolean nanA = Float.isNaN(a.similarity());
        boolean nanB = Float.isNaN(b.similarity());
        if (nanA || nanB) {
          return nanA == nanB ? Integer.compare(a.index(), b.index()) : Boolean.compare(nanA, nanB);
        }
        // not Float.compare, which tells -0 from 0
        if (a.similarity() != b.similarity()) {
          return a.similarity() > b.similarity() ? -1 : 1;
        }
        return Integer.compare(a.index(), b.index());
      };

  private final float[] query;
  private final boolean finite;
  private final float margin;

  /** How far an exact score may be from the scan's, if that says anything about the rows. */
  private final float tolerance;

  /** The k best scores so far as a binary heap, the smallest on top. */
  private final float[] best;

  private int bestCount;
  private float cutoff = Float.NEGATIVE_INFINITY;

  private int[] rows = new int[INITIAL_CAPACITY];
  private float[] scores = new float[INITIAL_CAPACITY];
  private int count;

  private TopCandidates(float[] query, int k, double error, float tolerance) {
    this.query = query;
    this.finite = Double.isFinite(error);
    this.margin = (float) (2 * error);
    this.tolerance = tolerance;
    this.best = new float[k];
  }

  /**
   * For scores of the features.
   *
   * @param k at most the gallery's size
   */
  static TopCandidates ofFeatures(float[] query, int k) {
    return new TopCandidates(query, k, ScoreError.single(query), Float.POSITIVE_INFINITY);
  }

  /** For scores of features in half precision. */
  static TopCandidates ofHalves(float[] query, int k, HalfRows rows) {
    double error = ScoreError.half(query, rows.largestError());
    return new TopCandidates(query, k, error, (float) error);
  }

  float[] query() {
    return query;
  }

  /**
   * Takes the scores of neighbouring rows, in the rows' order.
   *
   * @param blockScores rows × queries
   * @param query which of the queries this is
   * @param queries how many there are
   */
  void add(float[] blockScores, int query, int queries, int firstRow) {
    if (!finite) {
      return;
    }
    for (int i = query, row = firstRow; i < blockScores.length; i += queries, row++) {
      float score = blockScores[i];
      if (score >= cutoff) {
        keep(row, score);
      } else if (Float.isNaN(score)) {
        keep(row, Float.NEGATIVE_INFINITY);
      }
    }
  }

  /** Whether it came down to so few rows: then they are the right ones. */
  boolean isDownTo(int most) {
    dropBelowCutoff();
    return finite && count <= most;
  }

  /**
   * The best k by exact score; the first k with NaN if the query is not finite.
   *
   * @throws GalleryException if the scores cannot be of these features
   */
  List<Hit> ranking(FeatureRows features) {
    dropBelowCutoff();
    List<Hit> hits = new ArrayList<>(count);
    if (!finite) {
      for (int row = 0; row < best.length; row++) {
        hits.add(new Hit(row, Float.NaN));
      }
      return hits;
    }
    for (int i = 0; i < count; i++) {
      hits.add(new Hit(rows[i], exactScore(i, features)));
    }
    hits.sort(BEST_FIRST);
    return List.copyOf(hits.subList(0, Math.min(best.length, hits.size())));
  }

  private float exactScore(int candidate, FeatureRows features) {
    float similarity = features.similarity(rows[candidate], query);
    if (Math.abs(similarity - scores[candidate]) > tolerance) {
      throw new GalleryException(
          GalleryWriter.HALVES
              + " is not made of "
              + GalleryWriter.FEATURES
              + ": row "
              + rows[candidate]
              + " scores "
              + scores[candidate]
              + " in one and "
              + similarity
              + " in the other");
    }
    return similarity;
  }

  private void keep(int row, float score) {
    raiseCutoff(score);
    if (score < cutoff) {
      return;
    }
    if (count == rows.length) {
      dropBelowCutoff();
      if (count > rows.length / 2) {
        rows = Arrays.copyOf(rows, 2 * rows.length);
        scores = Arrays.copyOf(scores, 2 * scores.length);
      }
    }
    rows[count] = row;
    scores[count] = score;
    count++;
  }

  private void raiseCutoff(float score) {
    if (bestCount < best.length) {
      best[bestCount] = score;
      siftUp(bestCount++);
    } else if (score > best[0]) {
      best[0] = score;
      siftDown();
    }
    if (bestCount == best.length) {
      cutoff = best[0] - margin;
    }
  }

  private void siftUp(int position) {
    int child = position;
    while (child > 0 && best[child] < best[(child - 1) / 2]) {
      swap(child, (child - 1) / 2);
      child = (child - 1) / 2;
    }
  }

  private void siftDown() {
    int parent = 0;
    int child = 1;
    while (child < bestCount) {
      if (child + 1 < bestCount && best[child + 1] < best[child]) {
        child++;
      }
      if (best[parent] <= best[child]) {
        return;
      }
      swap(parent, child);
      parent = child;
      child = 2 * parent + 1;
    }
  }

  private void swap(int a, int b) {
    float kept = best[a];
    best[a] = best[b];
    best[b] = kept;
  }

  private void dropBelowCutoff() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (scores[i] >= cutoff) {
        rows[kept] = rows[i];
        scores[kept] = scores[i];
        kept++;
      }
    }
    count = kept;
  }
}
