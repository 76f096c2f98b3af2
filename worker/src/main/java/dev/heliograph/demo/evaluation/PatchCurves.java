package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.evaluation.EvaluationReport.CurveAreas;
import dev.heliograph.query.ModelPixels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Deletion and insertion curves of a retrieval score (after Petsiuk et al., 2018), patch by patch
 * on the model's input. A removed patch is the mean colour. Deletion starts from the whole image,
 * insertion from the empty one; each further point moves {@value #STEP} more patches, and the area
 * is a trapezoid sum over the share of patches moved.
 */
final class PatchCurves {
  private static final int STEP = 4;

  private final TensorEncoder encoder;
  private final int patchesPerSide;

  PatchCurves(TensorEncoder encoder, int patchesPerSide) {
    this.encoder = encoder;
    this.patchesPerSide = patchesPerSide;
  }

  /** Patches by falling relevance; equal ones keep row-major order. */
  static int[] order(float[] grid) {
    return IntStream.range(0, grid.length)
        .boxed()
        .sorted(Comparator.comparing(patch -> -grid[patch]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  CurveAreas areas(ModelPixels pixels, float[] queryFeature, int[] order) {
    float[] image = encoder.normalised(pixels);
    float[] empty = new float[image.length];
    int side = pixels.geometry().side();
    List<float[]> inputs = new ArrayList<>(curve(image, empty, order, side));
    int points = inputs.size();
    inputs.addAll(curve(empty, image, order, side));
    double[] scores =
        encoder.encodeNormalised(inputs).stream()
            .mapToDouble(feature -> dot(feature, queryFeature))
            .toArray();
    return new CurveAreas(
        area(scores, 0, points, order.length), area(scores, points, points, order.length));
  }

  /** Inputs on the way from one image to another, both ends included. */
  private List<float[]> curve(float[] from, float[] to, int[] order, int side) {
    List<float[]> inputs = new ArrayList<>();
    float[] current = from.clone();
    inputs.add(current.clone());
    for (int at = 0; at < order.length; at += STEP) {
      for (int i = at; i < Math.min(at + STEP, order.length); i++) {
        copyPatch(to, current, order[i], side);
      }
      inputs.add(current.clone());
    }
    return inputs;
  }

  private void copyPatch(float[] from, float[] to, int patch, int side) {
    int patchSide = side / patchesPerSide;
    int left = patch % patchesPerSide * patchSide;
    int top = patch / patchesPerSide * patchSide;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = top; y < top + patchSide; y++) {
        int at = (channel * side + y) * side + left;
        System.arraycopy(from, at, to, at, patchSide);
      }
    }
  }

  private static double area(double[] scores, int from, int points, int patches) {
    double area = 0;
    for (int i = 1; i < points; i++) {
      double moved = Math.min(i * STEP, patches) - (i - 1) * STEP;
      area += (scores[from + i] + scores[from + i - 1]) / 2 * moved / patches;
    }
    return area;
  }

  static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }
}
