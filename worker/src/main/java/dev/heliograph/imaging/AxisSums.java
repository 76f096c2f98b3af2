package dev.heliograph.imaging;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Resamples along one axis. Lines that lie across it come in their order, several at a time, and
 * are added to the outputs that need them right away; what is finished goes out. So only the
 * outputs around the lines that come are held.
 */
final class AxisSums {
  private final ResampleAxis axis;
  private final int outputs;
  private final Target target;
  private final int[] line;

  /** How many outputs have gone out. */
  private int done;

  /** Those that come next, as far as lines have been added to them. */
  private final Deque<PixelSums> open = new ArrayDeque<>();

  private final Deque<PixelSums> spare = new ArrayDeque<>();

  /** Where outputs go, in their order. */
  interface Target {
    /**
     * @param line valid during the call
     */
    void put(int output, int[] line);
  }

  /**
   * @param outputs of the axis
   * @param length of a line, in pixels
   */
  AxisSums(ResampleAxis axis, int outputs, int length, Target target) {
    this.axis = axis;
    this.outputs = outputs;
    this.target = target;
    line = new int[length];
  }

  /**
   * Goes on where the last call ended.
   *
   * @param lines begin with those of the source from {@code from} to before {@code to}
   */
  void add(int[][] lines, int from, int to) {
    for (int i = done + open.size(); i < outputs && axis.first(i) < to; i++) {
      open.add(cleared());
    }
    int output = done;
    for (PixelSums sums : open) {
      int first = axis.first(output);
      int start = Math.max(first, from);
      int count = Math.min(end(output), to) - start;
      int weight = axis.weightsOf(output) + start - first;
      sums.add(count, lines, start - from, axis.weights(), weight);
      output++;
    }
    while (done < outputs && end(done) <= to) {
      putNext();
    }
  }

  /** Ends with the last line; then the first one may come again. */
  void finish() {
    while (done < outputs) {
      putNext();
    }
    done = 0;
  }

  private int end(int output) {
    return axis.first(output) + axis.count(output);
  }

  private PixelSums cleared() {
    PixelSums sums = spare.isEmpty() ? new PixelSums(line.length) : spare.pop();
    sums.clear();
    return sums;
  }

  private void putNext() {
    PixelSums sums = open.isEmpty() ? cleared() : open.remove();
    sums.pixels(line);
    target.put(done++, line);
    spare.push(sums);
  }
}
