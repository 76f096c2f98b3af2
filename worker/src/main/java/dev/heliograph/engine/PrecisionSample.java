package dev.heliograph.engine;

import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a model made of some images: the feature of each; the composed query that has it as its
 * reference, with one caption for all; the grid of its own cosine with that query; the grid of its
 * pseudo word. All lists are in the images' order.
 *
 * @param time of computing all that for one image: the median over batches
 */
public record PrecisionSample(
    List<float[]> features,
    List<float[]> queries,
    List<float[]> candidateGrids,
    List<float[]> referenceGrids,
    Duration time) {
  private static final int BATCH = 8;

  /**
   * @param images at least one
   */
  public static PrecisionSample of(
      CompositionModel model, List<ModelPixels> images, String caption) {
    Prompts prompts = model.tokenize(List.of(caption));
    List<ModelPixels> first = images.subList(0, Math.min(BATCH, images.size()));
    new Taking(model, prompts).take(first); // the first pass is a slow one
    Taking taking = new Taking(model, prompts);
    for (int i = 0; i < images.size(); i += BATCH) {
      taking.take(images.subList(i, Math.min(i + BATCH, images.size())));
    }
    return taking.sample();
  }

  /** A sample that is being taken. */
  private static final class Taking {
    private final CompositionModel model;
    private final Prompts prompts;
    private final List<float[]> features = new ArrayList<>();
    private final List<float[]> queries = new ArrayList<>();
    private final List<float[]> candidateGrids = new ArrayList<>();
    private final List<float[]> referenceGrids = new ArrayList<>();
    private final List<Duration> times = new ArrayList<>();

    Taking(CompositionModel model, Prompts prompts) {
      this.model = model;
      this.prompts = prompts;
    }

    void take(List<ModelPixels> images) {
      long start = System.nanoTime();
      features.addAll(model.encode(images));
      List<CandidateRequest> candidates = new ArrayList<>();
      List<Composition> compositions = model.compose(requests(images));
      for (int i = 0; i < images.size(); i++) {
        Composition composition = compositions.get(i);
        float[] query = composition.queryFeature();
        queries.add(query);
        composition.referenceRelevance().ifPresent(map -> referenceGrids.add(map.grid()));
        candidates.add(new CandidateRequest(images.get(i), query, SaliencyMethod.EXACT));
      }
      model.explain(candidates).forEach(map -> candidateGrids.add(map.grid()));
      times.add(Duration.ofNanos((System.nanoTime() - start) / images.size()));
    }

    private List<CompositionRequest> requests(List<ModelPixels> images) {
      return images.stream()
          .map(image -> new CompositionRequest(image, prompts, Optional.of(SaliencyMethod.EXACT)))
          .toList();
    }

    PrecisionSample sample() {
      Duration median = times.stream().sorted().toList().get(times.size() / 2);
      return new PrecisionSample(features, queries, candidateGrids, referenceGrids, median);
    }
  }
}
