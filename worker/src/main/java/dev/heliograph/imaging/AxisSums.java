package dev.heliograph.imaging;

/**
 * Resamples along one axis. Lines that lie across it come in their order, several at a time, and
 * are added to the outputs that need them right away, so that nobody holds all of them.
 */
final class AxisSums {
  private final ResampleAxis axis;
  private final PixelSums[] sums;

  /** The first output that may still be waiting for lines. */
  private int waiting;

  /**
   * @param outputs of the axis
   * @param length of a line, in pixels
   */
  AxisSums(ResampleAxis axis, int outputs, int length) {
    this.axis = axis;
    sums = new PixelSums[outputs];
    for (int i = 0; i < outputs; i++) {
      sums[i] = new PixelSums(length);
    }
  }

  /** Begins anew. */
  void clear() {
    for (PixelSums each : sums) {
      each.clear();
    }
    waiting = 0;
  }

  /**
   * @param lines begin with those of the source from {@code from} to before {@code to}
   */
  void add(int[][] lines, int from, int to) {
    while (waiting < sums.length && end(waiting) <= from) {
      waiting++;
    }
    for (int i = waiting; i < sums.length && axis.first(i) < to; i++) {
      int start = Math.max(axis.first(i), from);
      int end = Math.min(end(i), to);
      int weight = axis.weightsOf(i) + start - axis.first(i);
      sums[i].add(end - start, lines, start - from, axis.weights(), weight);
    }
  }

  private int end(int output) {
    return axis.first(output) + axis.count(output);
  }

  /** An output to which all its lines were added; once. */
  void pixels(int output, int[] line) {
    sums[output].pixels(line);
  }
}
