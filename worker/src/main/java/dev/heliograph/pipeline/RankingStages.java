package dev.heliograph.pipeline;

import dev.heliograph.pipeline.DeviceLane.Ranked;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A query's way to its ranking: prepare its reference, compose with the captions, search. */
final class RankingStages {
  private final Query query;
  private final QueryPipeline pipeline;
  private final QueryListener listener;
  private final RunEvidence evidence;
  private final RunControl control;

  RankingStages(
      Query query,
      QueryPipeline pipeline,
      QueryListener listener,
      RunEvidence evidence,
      RunControl control) {
    this.query = query;
    this.pipeline = pipeline;
    this.listener = listener;
    this.evidence = evidence;
    this.control = control;
  }

  /** Fails with what the query's outcome is made of. */
  CompletableFuture<Composed> ranking() {
    return control.steps().decoding(this::prepare).thenCompose(this::compose);
  }

  /** What is known before the device is needed. */
  record Prepared(Gallery gallery, Prompts prompts, LoadedImage reference) {}

  private Prepared prepare(Room room) {
    control.check("decoding");
    if (control.retries().attempts() == 1) {
      control.stop().unlessStopped(() -> listener.started(query));
    }
    Gallery gallery = pipeline.ports().galleries().find(query.gallery());
    int size = gallery.description().size();
    if (query.topK() > size) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "topK: "
              + query.topK()
              + " is over the "
              + size
              + " images of gallery "
              + gallery.description().name());
    }
    Prompts prompts = pipeline.ports().model().tokenize(query.captions());
    evidence.tokenized(prompts);
    LoadedImage reference =
        control.steps().kept(pipeline.references().load(query.reference(), room, evidence));
    control.clock().mark("reference");
    return new Prepared(gallery, prompts, reference);
  }

  /** The ranking is without explanations, which come last. */
  record Composed(Prepared prepared, List<RankedImage> ranking, Ranked ranked) {}

  private CompletableFuture<Composed> compose(Prepared prepared) {
    Optional<SaliencyMethod> method =
        Optional.of(query.saliency().method()).filter(m -> query.saliency().reference());
    CompositionRequest request =
        new CompositionRequest(prepared.reference().pixels(), prepared.prompts(), method);
    return control
        .retries()
        .run(
            () ->
                pipeline
                    .device()
                    .compose(
                        request,
                        prepared.gallery(),
                        query.topK(),
                        () -> control.check("composing")))
        .thenApply(
            ranked -> {
              control.clock().parts("compose", ranked.compose(), "search", ranked.search());
              control.clock().mark("rank");
              Composed composed =
                  new Composed(prepared, ranking(prepared.gallery(), ranked), ranked);
              control.stop().unlessStopped(() -> listener.ranked(query, composed.ranking()));
              return composed;
            });
  }

  private static List<RankedImage> ranking(Gallery gallery, Ranked ranked) {
    List<RankedImage> ranking = new ArrayList<>();
    for (Hit hit : ranked.hits()) {
      ranking.add(
          new RankedImage(
              ranking.size() + 1,
              gallery.imageName(hit.index()),
              gallery.imageUri(hit.index()),
              hit.similarity(),
              Optional.empty()));
    }
    return ranking;
  }
}
