package dev.heliograph.demo.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.demo.evaluation.EvaluationReport.CurveAreas;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PatchCurvesTest {
  private static final int SIDE = 8;
  private static final int PATCHES_PER_SIDE = 4;
  private static final ModelPixels PIXELS =
      new ModelPixels(
          new byte[3 * SIDE * SIDE], ImageGeometry.plan(SIDE, SIDE, SIDE, PreprocessType.CLIP));

  @Test
  void ordersByFallingRelevanceAndKeepsTiesInRowOrder() {
    assertArrayEquals(
        new int[] {2, 1, 3, 0, 4}, PatchCurves.order(new float[] {0, 0.5f, 1, 0.5f, 0}));
  }

  /** The score is the share of the image that is left, so both curves are known exactly. */
  @Test
  void integratesTheScoreOverTheShareOfPatchesMoved() {
    PatchCurves curves = new PatchCurves(scoring(PatchCurvesTest::shareNotEmpty), PATCHES_PER_SIDE);
    int[] order = PatchCurves.order(new float[PATCHES_PER_SIDE * PATCHES_PER_SIDE]);

    CurveAreas areas = curves.areas(PIXELS, new float[] {1}, order);

    assertEquals(0.5, areas.deletion(), 1e-6);
    assertEquals(0.5, areas.insertion(), 1e-6);
  }

  /** All of the score sits in the first patch, and it is moved first: the best there can be. */
  @Test
  void anOrderThatFindsThePatchThatMattersHasAWideGap() {
    PatchCurves curves = new PatchCurves(scoring(chw -> chw[0] == 0 ? 0 : 1), PATCHES_PER_SIDE);
    float[] grid = new float[PATCHES_PER_SIDE * PATCHES_PER_SIDE];
    grid[0] = 1;

    CurveAreas areas = curves.areas(PIXELS, new float[] {1}, PatchCurves.order(grid));

    assertEquals(0.125, areas.deletion(), 1e-9); // falls within the first of four steps
    assertEquals(0.875, areas.insertion(), 1e-9);
    assertEquals(0.75, areas.gap(), 1e-9);
  }

  private static float shareNotEmpty(float[] tensor) {
    int left = 0;
    for (float value : tensor) {
      left += value == 0 ? 0 : 1;
    }
    return (float) left / tensor.length;
  }

  /** Takes a picture for white, and encodes it as one number. */
  private static TensorEncoder scoring(ToDoubleFunction<float[]> score) {
    return new TensorEncoder() {
      @Override
      public float[] normalised(ModelPixels image) {
        float[] ones = new float[image.rgb().length];
        Arrays.fill(ones, 1);
        return ones;
      }

      @Override
      public List<float[]> encodeNormalised(List<float[]> tensors) {
        return tensors.stream()
            .map(tensor -> new float[] {(float) score.applyAsDouble(tensor)})
            .collect(Collectors.toList());
      }
    };
  }
}
