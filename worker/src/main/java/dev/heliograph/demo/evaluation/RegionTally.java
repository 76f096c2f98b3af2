package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Mask;
import dev.heliograph.query.SaliencyMethod;
import java.util.EnumMap;
import java.util.Map;

/** Plays the pointing game on one kind of region, and counts. */
final class RegionTally {
  private final Map<SaliencyMethod, Double> hits = new EnumMap<>(SaliencyMethod.class);
  private final Map<SaliencyMethod, Double> energy = new EnumMap<>(SaliencyMethod.class);
  private int cases;
  private double chance;

  /**
   * Scores the maps of one image by all methods.
   *
   * @param maps full size, by method
   * @param tolerance the region counts grown by a square of this many pixels
   */
  void add(Map<SaliencyMethod, float[]> maps, Mask region, int tolerance) {
    Mask grown = region.dilated(tolerance);
    cases++;
    chance += grown.share();
    maps.forEach(
        (method, map) -> {
          hits.merge(method, grown.inside()[peak(map)] ? 1.0 : 0.0, Double::sum);
          energy.merge(method, massInside(map, region), Double::sum);
        });
  }

  RegionScore score() {
    return new RegionScore(cases, chance / cases, mean(hits), mean(energy));
  }

  private Map<SaliencyMethod, Double> mean(Map<SaliencyMethod, Double> sums) {
    Map<SaliencyMethod, Double> means = new EnumMap<>(SaliencyMethod.class);
    sums.forEach((method, sum) -> means.put(method, sum / cases));
    return means;
  }

  /** The first of the largest values. */
  private static int peak(float[] map) {
    int peak = 0;
    for (int i = 1; i < map.length; i++) {
      if (map[i] > map[peak]) {
        peak = i;
      }
    }
    return peak;
  }

  private static double massInside(float[] map, Mask region) {
    double inside = 0;
    double all = 0;
    for (int i = 0; i < map.length; i++) {
      all += map[i];
      inside += region.inside()[i] ? map[i] : 0;
    }
    return inside / Math.max(all, 1e-9);
  }
}
