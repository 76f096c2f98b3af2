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
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Renders and stores one query's files. Each is a step of its own, so that files are made side by
 * side and only the one that failed is tried again.
 */
final class ArtifactWriter {
  /** Runs steps on the pipeline's threads, with retries. */
  interface Steps {
    <T> CompletableFuture<T> run(Supplier<T> step);

    /** Does the work once so many bytes are reserved for it, and until it is done. */
    <T> CompletableFuture<T> within(long bytes, Supplier<CompletableFuture<T>> work);
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

  /** An image to draw on. */
  interface Canvas {
    /** What it takes to have it: nothing if it was kept, its pixels if it is to be read again. */
    long cost();

    /**
     * What is drawn on it. Empty if it is gone meanwhile, and that is no failure.
     *
     * @param drawing does not keep the image
     */
    Optional<EncodedObject> draw(Function<RgbImage, EncodedObject> drawing);
  }

  CompletableFuture<Saliency> reference(
      Canvas canvas, SaliencyMap map, float explainedScore, float rankingScore) {
    return heatmap(() -> ArtifactKeys.referenceHeatmap(query), Optional.of(canvas), map)
        .thenCombine(
            array(() -> ArtifactKeys.referenceArray(query), map),
            (heatmap, array) -> new Saliency(map, explainedScore, rankingScore, heatmap, array));
  }

  /**
   * @param canvas empty if the image could not be read or no heatmap is wanted: its array is stored
   *     all the same
   */
  CompletableFuture<RankedImage> candidate(
      RankedImage plain, Optional<Canvas> canvas, SaliencyMap map, float explainedScore) {
    int rank = plain.rank();
    String name = plain.imageName();
    return heatmap(() -> ArtifactKeys.candidateHeatmap(query, rank, name), canvas, map)
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
    return put(
            ArtifactKeys.resultDocument(query),
            0,
            () -> Optional.of(ports.documents().write(query, answer)))
        .thenApply(
            document ->
                new Answer(
                    answer.results(),
                    answer.referenceSaliency(),
                    answer.warnings(),
                    document,
                    answer.provenance(),
                    answer.timings()));
  }

  private CompletableFuture<Optional<Artifact>> heatmap(
      Supplier<String> key, Optional<Canvas> present, SaliencyMap map) {
    HeatmapFormat format = query.artifacts().heatmap();
    if (format == HeatmapFormat.NONE || present.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Canvas canvas = present.get();
    // A PNG is put together from parts, within somewhat more than the pixels; of others, the pixels
    // are held as a whole beside the file.
    long pixels = ImageMemory.rgb(map.geometry());
    long bytes = canvas.cost() + (format == HeatmapFormat.PNG ? pixels * 5 / 4 : 2 * pixels);
    return put(
        key.get(),
        bytes,
        () -> canvas.draw(original -> ports.renderer().heatmap(original, map, format)));
  }

  private CompletableFuture<Optional<Artifact>> array(Supplier<String> key, SaliencyMap map) {
    ArrayFormat format = query.artifacts().array();
    if (format == ArrayFormat.NONE) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    long bytes = format == ArrayFormat.GRID ? 0 : Float.BYTES * ImageMemory.pixels(map.geometry());
    return put(key.get(), bytes, () -> Optional.of(ports.renderer().array(map, format)));
  }

  /**
   * Encoding is not repeated when storing is: the file is held so long, and its memory with it.
   *
   * @param encode empty if there is nothing to store
   */
  private CompletableFuture<Optional<Artifact>> put(
      String key, long bytes, Supplier<Optional<EncodedObject>> encode) {
    return steps.within(
        bytes,
        () ->
            steps
                .run(encode)
                .thenCompose(
                    encoded ->
                        upload(key, encoded)
                            .whenComplete((stored, error) -> encoded.ifPresent(this::giveBack))));
  }

  private CompletableFuture<Optional<Artifact>> upload(
      String key, Optional<EncodedObject> encoded) {
    return encoded
        .map(object -> steps.run(() -> Optional.of(upload(key, object))))
        .orElse(CompletableFuture.completedFuture(Optional.empty()));
  }

  private void giveBack(EncodedObject encoded) {
    ports.arrays().give(encoded.array());
  }

  private Artifact upload(String key, EncodedObject encoded) {
    check.accept("uploading");
    return ports.store().put(key, encoded);
  }
}
