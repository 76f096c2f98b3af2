package dev.heliograph.demo.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Mask;
import dev.heliograph.query.SaliencyMethod;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegionTallyTest {
  private static final boolean IN = true;
  private static final boolean OUT = false;

  @Test
  void countsPeaksInsideTheGrownRegionAndMassInsideThePlainOne() {
    Mask region = new Mask(5, 1, new boolean[] {OUT, OUT, IN, OUT, OUT});
    RegionTally tally = new RegionTally();
    tally.add(
        Map.of(
            SaliencyMethod.EXACT, new float[] {0, 0.5f, 0.25f, 0, 0.25f},
            SaliencyMethod.PUBLISHED, new float[] {1, 0, 1, 0, 0}),
        region,
        3);
    RegionScore score = tally.score();

    assertEquals(1, score.cases());
    assertEquals(0.6, score.chance(), 1e-12);
    assertEquals(1, score.pointing().get(SaliencyMethod.EXACT));
    assertEquals(
        0, score.pointing().get(SaliencyMethod.PUBLISHED), "the first of two peaks counts");
    assertEquals(0.25, score.energy().get(SaliencyMethod.EXACT), 1e-12);
    assertEquals(0.5, score.energy().get(SaliencyMethod.PUBLISHED), 1e-12);
  }

  @Test
  void anEmptyMapHasNoMassAnywhere() {
    RegionTally tally = new RegionTally();
    Mask region = new Mask(2, 1, new boolean[] {OUT, IN});
    tally.add(Map.of(SaliencyMethod.EXACT, new float[2]), region, 1);

    assertEquals(0, tally.score().energy().get(SaliencyMethod.EXACT));
    assertEquals(0, tally.score().pointing().get(SaliencyMethod.EXACT));
  }
}
