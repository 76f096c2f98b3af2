package dev.heliograph.query;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A query's answer, explained.
 *
 * @param results best first
 * @param resultDocument {@code results.json}, where artifacts are stored
 * @param timings milliseconds by stage
 */
public record Answer(
    List<RankedImage> results,
    Optional<Saliency> referenceSaliency,
    List<Warning> warnings,
    Optional<Artifact> resultDocument,
    Provenance provenance,
    Map<String, Double> timings) {
  public Answer {
    results = List.copyOf(results);
    warnings = List.copyOf(warnings);
    timings = Map.copyOf(timings);
    Objects.requireNonNull(referenceSaliency, "referenceSaliency");
    Objects.requireNonNull(resultDocument, "resultDocument");
    Objects.requireNonNull(provenance, "provenance");
  }

  /** The same answer, its artifacts described anew. */
  public Answer withArtifacts(UnaryOperator<Artifact> change) {
    return new Answer(
        results.stream().map(result -> result.withArtifacts(change)).toList(),
        referenceSaliency.map(saliency -> saliency.withArtifacts(change)),
        warnings,
        resultDocument.map(change),
        provenance,
        timings);
  }
}
