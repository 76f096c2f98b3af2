package dev.heliograph.query;

import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Why an image has its score: the map, and the files drawn from it.
 *
 * @param explainedScore the number whose gradient was taken: for a candidate its cosine with the
 *     composed query, for a reference the length of its pseudo-word
 * @param rankingScore the same number as the ranking used it; equal to explainedScore with EXACT
 */
public record Saliency(
    SaliencyMap map,
    float explainedScore,
    float rankingScore,
    Optional<Artifact> heatmap,
    Optional<Artifact> array) {
  public Saliency {
    Objects.requireNonNull(map, "map");
    Objects.requireNonNull(heatmap, "heatmap");
    Objects.requireNonNull(array, "array");
  }

  Saliency withArtifacts(UnaryOperator<Artifact> change) {
    return new Saliency(map, explainedScore, rankingScore, heatmap.map(change), array.map(change));
  }
}
