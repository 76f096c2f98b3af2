package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.world.Region;
import dev.heliograph.query.SaliencyMethod;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an {@link Evaluation} measured. All figures are means over cases.
 *
 * @param recall composed Recall@k by k: share of queries whose target is among the first k
 * @param references maps of the references, scored on the main object
 * @param candidates maps of the targets, scored on what the caption asked for; a region is absent
 *     where no query changed it alone
 * @param faithfulness by how patches were ordered
 * @param curves how many deletion and insertion curves each mean is over
 */
public record EvaluationReport(
    EvaluationPlan plan,
    String clipModel,
    SortedMap<Integer, Double> recall,
    RegionScore references,
    Map<Region, RegionScore> candidates,
    Map<PatchOrder, CurveAreas> faithfulness,
    int curves) {
  public EvaluationReport {
    recall = Collections.unmodifiableSortedMap(new TreeMap<>(recall));
    candidates = Map.copyOf(candidates);
    faithfulness = Map.copyOf(faithfulness);
  }

  /**
   * How well maps point at a region.
   *
   * @param chance share of the image that counts as a hit
   * @param pointing share of the maps whose peak is in the region, grown by one patch
   * @param energy share of the map's mass in the plain region
   */
  public record RegionScore(
      int cases,
      double chance,
      Map<SaliencyMethod, Double> pointing,
      Map<SaliencyMethod, Double> energy) {
    public RegionScore {
      pointing = new EnumMap<>(pointing);
      energy = new EnumMap<>(energy);
    }
  }

  /** How the patches were ordered that are removed, or put in, one after the other. */
  public enum PatchOrder {
    EXACT,
    PUBLISHED,
    /** The control. */
    RANDOM
  }

  /** Areas under the curves of the retrieval score against the share of patches moved. */
  public record CurveAreas(double deletion, double insertion) {
    /** The larger, the better the order tells which patches carry the score. */
    public double gap() {
      return insertion - deletion;
    }
  }

  /** Share of the map's mass where the caption asked for it, over all candidate maps. */
  public Optional<Double> candidateEnergy(SaliencyMethod method) {
    int cases = candidates.values().stream().mapToInt(RegionScore::cases).sum();
    if (cases == 0) {
      return Optional.empty();
    }
    double sum = 0;
    for (RegionScore score : candidates.values()) {
      sum += score.cases() * score.energy().get(method);
    }
    return Optional.of(sum / cases);
  }
}
