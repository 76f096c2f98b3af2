package dev.heliograph.pipeline;

import dev.heliograph.query.Answer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Renders and stores one query's files. Each is a step of its own, so that files are made side by
 * side and only the one that failed is tried again.
 */
final class ArtifactWriter {
  /** Runs a step on the pipeline's threads, with retries. */
  interface Steps {
    <T> CompletableFuture<T> run(Supplier<T> step);
  }

  private final Query query;
  private final PipelinePorts ports;
  private final Steps steps;
  private final Consumer<String> check;

  /**
   * @param check throws if the stage of this name is not to begin any more
   */
  ArtifactWriter(Query query, PipelinePorts ports, Steps steps, Consumer<String> check) {
    this.query = query;
    this.ports = ports;
    this.steps = steps;
    this.check = check;
  }

  CompletableFuture<Saliency> reference(
      RgbImage original, SaliencyMap map, float explainedScore, float rankingScore) {
    return heatmap(() -> ArtifactKeys.referenceHeatmap(query), Optional.of(original), map)
        .thenCombine(
            array(() -> ArtifactKeys.referenceArray(query), map),
            (heatmap, array) -> new Saliency(map, explainedScore, rankingScore, heatmap, array));
  }

  /**
   * @param original empty if the image could not be read or no heatmap is wanted: its array is
   *     stored all the same
   */
  CompletableFuture<RankedImage> candidate(
      RankedImage plain, Optional<RgbImage> original, SaliencyMap map, float explainedScore) {
    int rank = plain.rank();
    String name = plain.imageName();
    return heatmap(() -> ArtifactKeys.candidateHeatmap(query, rank, name), original, map)
        .thenCombine(
            array(() -> ArtifactKeys.candidateArray(query, rank, name), map),
            (heatmap, array) ->
                new Saliency(map, explainedScore, plain.similarity(), heatmap, array))
        .thenApply(plain::withSaliency);
  }

  /** Stores {@code results.json}, unless the query wants no files at all. */
  CompletableFuture<Answer> document(Answer answer) {
    if (query.artifacts().heatmap() == HeatmapFormat.NONE
        && query.artifacts().array() == ArrayFormat.NONE) {
      return CompletableFuture.completedFuture(answer);
    }
    return put(ArtifactKeys.resultDocument(query), () -> ports.documents().write(query, answer))
        .thenApply(
            document ->
                new Answer(
                    answer.results(),
                    answer.referenceSaliency(),
                    answer.warnings(),
                    Optional.of(document),
                    answer.provenance(),
                    answer.timings()));
  }

  private CompletableFuture<Optional<Artifact>> heatmap(
      Supplier<String> key, Optional<RgbImage> original, SaliencyMap map) {
    HeatmapFormat format = query.artifacts().heatmap();
    return format == HeatmapFormat.NONE || original.isEmpty()
        ? CompletableFuture.completedFuture(Optional.empty())
        : put(key.get(), () -> ports.renderer().heatmap(original.get(), map, format))
            .thenApply(Optional::of);
  }

  private CompletableFuture<Optional<Artifact>> array(Supplier<String> key, SaliencyMap map) {
    ArrayFormat format = query.artifacts().array();
    return format == ArrayFormat.NONE
        ? CompletableFuture.completedFuture(Optional.empty())
        : put(key.get(), () -> ports.renderer().array(map, format)).thenApply(Optional::of);
  }

  /** Encoding is not repeated when storing is. */
  private CompletableFuture<Artifact> put(String key, Supplier<EncodedObject> encode) {
    return steps.run(encode).thenCompose(encoded -> steps.run(() -> upload(key, encoded)));
  }

  private Artifact upload(String key, EncodedObject encoded) {
    check.accept("uploading");
    return ports.store().put(key, encoded);
  }
}
