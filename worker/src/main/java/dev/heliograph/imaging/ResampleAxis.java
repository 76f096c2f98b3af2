package dev.heliograph.imaging;

/**
 * One axis of a bicubic resampling as Pillow does it: which source pixels weigh how much in each
 * wanted output pixel. Antialiased (the kernel widens when shrinking), a = -0.5, weights in 22-bit
 * fixed point. Immutable.
 *
 * <p>Black margins around the source are never laid out: their pixels are zero and add nothing to a
 * sum, so only their share of the normalisation remains.
 */
final class ResampleAxis {
  static final int PRECISION_BITS = 22;

  static final double A = -0.5;
  private static final double RADIUS = 2.0;

  private final int[] first;
  private final int[] count;
  private final int[] weights;
  private final int stride;
  private final int from;
  private final int to;

  /**
   * @param size of the source, without margins
   * @param margin black pixels before the source, and again behind it
   * @param resized to how many pixels source and margins go
   * @param start first output pixel wanted
   * @param wanted how many output pixels
   */
  ResampleAxis(int size, int margin, int resized, int start, int wanted) {
    this(size, margin, resized, start, wanted, 1);
  }

  /**
   * Of a source whose pixels each stand for several of the original's; the last one may reach
   * beyond it.
   *
   * @param originalSize without margins
   * @param originalMargin black pixels before the original, and again behind it
   * @param fraction how many of the original's pixels one of the source's stands for
   */
  ResampleAxis(
      int originalSize, int originalMargin, int resized, int start, int wanted, int fraction) {
    int size = (originalSize + fraction - 1) / fraction;
    int margin = originalMargin / fraction;
    // What is left of the margin when its whole pixels are taken.
    double shift = (double) originalMargin / fraction - margin;
    long padded = size + 2L * margin;
    double scale = (originalSize + 2.0 * originalMargin) / fraction / resized;
    double widening = Math.max(scale, 1.0);
    double support = RADIUS * widening;
    double narrowing = 1.0 / widening;
    stride = (int) Math.min(size, (long) Math.ceil(support) * 2 + 1);
    first = new int[wanted];
    count = new int[wanted];
    weights = new int[Math.multiplyExact(wanted, stride)];
    // Where black follows, what the last pixel has beyond the original is black too.
    double lastPart = originalMargin == 0 ? 1 : (originalSize - (size - 1.0) * fraction) / fraction;
    int lowest = size;
    int highest = 0;
    for (int i = 0; i < wanted; i++) {
      double centre = (start + i + 0.5) * scale;
      long low = Math.max((long) (centre - support + 0.5), 0);
      long high = Math.min((long) (centre + support + 0.5), padded);
      double sum = 0;
      for (long x = low; x < high; x++) {
        sum += kernel((shift + x - centre + 0.5) * narrowing);
      }
      first[i] = (int) (Math.min(Math.max(low, margin), margin + (long) size) - margin);
      count[i] = (int) Math.max(Math.min(high, margin + (long) size) - margin - first[i], 0);
      for (int j = 0; j < count[i]; j++) {
        double weight = kernel((shift + margin + first[i] + j - centre + 0.5) * narrowing);
        if (first[i] + j == size - 1) {
          weight *= lastPart;
        }
        weights[i * stride + j] = fixedPoint(sum == 0 ? weight : weight / sum);
      }
      if (count[i] > 0) {
        lowest = Math.min(lowest, first[i]);
        highest = Math.max(highest, first[i] + count[i]);
      }
    }
    from = Math.min(lowest, highest);
    to = highest;
  }

  /** First source pixel that any output needs. */
  int from() {
    return from;
  }

  /** One past the last source pixel that any output needs. */
  int to() {
    return to;
  }

  /** The first source pixel that this output needs. */
  int first(int output) {
    return first[output];
  }

  /** How many source pixels this output needs; may be none. */
  int count(int output) {
    return count[output];
  }

  /** All weights; an output's begin at {@link #weightsOf}. Not to be written to. */
  int[] weights() {
    return weights;
  }

  int weightsOf(int output) {
    return output * stride;
  }

  private static double kernel(double at) {
    double x = Math.abs(at);
    if (x < 1.0) {
      return ((A + 2.0) * x - (A + 3.0)) * x * x + 1;
    }
    return x < RADIUS ? (((x - 5) * x + 8) * x - 4) * A : 0.0;
  }

  private static int fixedPoint(double weight) {
    double scaled = weight * (1 << PRECISION_BITS);
    return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
  }
}
