package dev.heliograph.pipeline;

import dev.heliograph.pipeline.ArtifactWriter.Canvas;
import dev.heliograph.pipeline.CandidateLoader.Candidate;
import dev.heliograph.pipeline.DeviceLane.Ranked;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Cancellation;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One query's way through the pipeline, from top to bottom. */
final class QueryRun {
  private final Query query;
  private final RunEvidence evidence;
  private final QueryPipeline pipeline;
  private final QueryListener listener;
  private final LogContext logs;
  private final RunClock clock;
  private final StopSignal stop = new StopSignal();
  private final Retries retries;
  private final RunSteps steps;
  private final ArtifactWriter artifacts;
  private final CompletableFuture<QueryOutcome> outcome = new CompletableFuture<>();

  /** Of candidates that were gone when they were to be drawn. */
  private final Queue<Warning> lateWarnings = new ConcurrentLinkedQueue<>();

  QueryRun(Query query, QueryPipeline pipeline, QueryListener listener, RunEvidence evidence) {
    this.query = query;
    this.evidence = evidence;
    this.pipeline = pipeline;
    this.listener = listener;
    this.logs = LogContext.current().with(query.queryId());
    this.clock = new RunClock(query, pipeline.clock(), pipeline.observer().begun(query));
    this.retries =
        logs.call(
            () ->
                new Retries(
                    pipeline.config().retry(), pipeline.threads(), clock::expiresWithin, stop));
    this.steps = new RunSteps(retries, stop, logs, pipeline.threads(), pipeline.memory());
    this.artifacts = new ArtifactWriter(query, pipeline.ports(), steps, this::check);
  }

  CompletableFuture<QueryOutcome> start() {
    var unused = outcome.whenComplete((value, error) -> stopIfNobodyWaits());
    unused =
        steps
            .decoding(this::prepare)
            .thenCompose(this::compose)
            .thenCompose(this::loadCandidates)
            .thenCompose(this::explain)
            .thenCompose(this::store)
            .handle((a, e) -> logs.call(() -> outcomes().apply(a, e)))
            .whenComplete(this::end);
    if (pipeline.isClosed()) {
      drop();
    }
    return outcome;
  }

  private OutcomeOf outcomes() {
    return new OutcomeOf(query, clock, retries);
  }

  private void end(@Nullable QueryOutcome value, @Nullable Throwable error) {
    steps.close();
    pipeline.ended(this);
    evidence.tried(retries.attempts());
    if (error == null && (value instanceof QueryOutcome.Completed || !pipeline.isClosed())) {
      outcome.complete(value);
    } else if (error == null) {
      outcome.cancel(false); // it failed because the pipeline was closed, not for its own sake
    } else {
      outcome.completeExceptionally(Retries.unwrapped(error));
    }
  }

  /** Ends as CANCELLED if this is the query that is meant; what it still does has no effect. */
  void cancel(Cancellation cancellation) {
    if (cancellation.concerns(query.header())) {
      var reason = new QueryFailedException(FailureCode.CANCELLED, cancellation.message());
      stop.stop(reason);
      pipeline.ended(this);
      outcome.complete(outcomes().apply(null, reason));
    }
  }

  /** Ends without an outcome; what it still does has no effect. */
  void drop() {
    outcome.cancel(false);
  }

  private void stopIfNobodyWaits() {
    if (outcome.isCancelled()) {
      stop.stop(new CancellationException("query " + query.queryId() + " was dropped"));
      pipeline.ended(this);
    }
  }

  /** To be called before each stage: is it still wanted, and in time? */
  private void check(String stage) {
    stop.check();
    clock.checkDeadline(stage);
  }

  /** What is known before the device is needed. */
  private record Prepared(Gallery gallery, Prompts prompts, LoadedImage reference) {}

  private Prepared prepare(Room room) {
    check("decoding");
    if (retries.attempts() == 1) {
      stop.unlessStopped(() -> listener.started(query));
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
        steps.kept(pipeline.references().load(query.reference(), room, evidence));
    clock.mark("reference");
    return new Prepared(gallery, prompts, reference);
  }

  /** The ranking is without explanations, which come last. */
  private record Composed(Prepared prepared, List<RankedImage> ranking, Ranked ranked) {}

  private CompletableFuture<Composed> compose(Prepared prepared) {
    Optional<SaliencyMethod> method =
        Optional.of(query.saliency().method()).filter(m -> query.saliency().reference());
    CompositionRequest request =
        new CompositionRequest(prepared.reference().pixels(), prepared.prompts(), method);
    return retries
        .run(
            () ->
                pipeline
                    .device()
                    .compose(request, prepared.gallery(), query.topK(), () -> check("composing")))
        .thenApply(
            ranked -> {
              clock.parts("compose", ranked.compose(), "search", ranked.search());
              clock.mark("rank");
              Composed composed =
                  new Composed(prepared, ranking(prepared.gallery(), ranked), ranked);
              stop.unlessStopped(() -> listener.ranked(query, composed.ranking()));
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

  private record Loaded(Composed composed, IndexedMaps indexed, List<Candidate> candidates) {}

  private CompletableFuture<Loaded> loadCandidates(Composed composed) {
    Gallery gallery = composed.prepared().gallery();
    List<Hit> hits = composed.ranked().hits();
    float[] feature = composed.ranked().composition().queryFeature();
    return steps
        .run(() -> IndexedMaps.of(query, gallery, hits, feature))
        .thenCompose(indexed -> loadCandidates(composed, indexed));
  }

  private CompletableFuture<Loaded> loadCandidates(Composed composed, IndexedMaps indexed) {
    if (!indexed.isEmpty()) {
      clock.mark("index");
    }
    List<RankedImage> ranking = composed.ranking();
    List<CompletableFuture<Candidate>> loading = new ArrayList<>();
    for (int i = 0; i < Math.min(query.saliency().maxCandidates(), ranking.size()); i++) {
      RankedImage result = ranking.get(i);
      loading.add(
          indexed.needsImage(i)
              ? steps.decoding(room -> loadCandidate(result, room, indexed))
              : CompletableFuture.completedFuture(Candidate.NOT_NEEDED));
    }
    return all(loading)
        .thenApply(
            candidates -> {
              clock.mark("candidates");
              return new Loaded(composed, indexed, candidates);
            });
  }

  private Candidate loadCandidate(RankedImage result, Room room, IndexedMaps indexed) {
    int position = result.rank() - 1;
    CandidateLoader.Use use =
        indexed.drawn()
            ? (ingest, bytes, working) ->
                ingest.loadToDraw(
                    bytes,
                    working,
                    image -> indexed.needsForward(position, image.width(), image.height()))
            : ImageIngest::load;
    Candidate candidate =
        pipeline.candidates().load(result.imageName(), result.imageUri(), room, use);
    return candidate.image().map(image -> candidate.withImage(steps.kept(image))).orElse(candidate);
  }

  /** A map, and the score that it explains. */
  private record Explanation(SaliencyMap map, float score) {}

  /** An explanation for each hit that has one, in order. */
  private record Explained(Loaded loaded, List<Optional<Explanation>> explanations) {}

  private CompletableFuture<Explained> explain(Loaded loaded) {
    float[] feature = loaded.composed().ranked().composition().queryFeature();
    List<Integer> positions = new ArrayList<>();
    List<CandidateRequest> requests = new ArrayList<>();
    for (int i = 0; i < loaded.candidates().size(); i++) {
      Optional<LoadedImage> image = loaded.candidates().get(i).image();
      if (image.flatMap(LoadedImage::seen).isPresent()) {
        positions.add(i);
        requests.add(
            new CandidateRequest(image.get().pixels(), feature, query.saliency().method()));
      }
    }
    return retries
        .run(() -> all(pipeline.device().explain(requests, () -> check("explaining"))))
        .thenApply(
            relevances -> {
              clock.mark("explain");
              return new Explained(loaded, explanations(loaded, positions, relevances));
            });
  }

  /** What the gallery had ready, and in its place what was computed for some positions. */
  private List<Optional<Explanation>> explanations(
      Loaded loaded, List<Integer> positions, List<PatchRelevance> relevances) {
    List<Optional<Explanation>> explanations = new ArrayList<>();
    List<Hit> hits = loaded.composed().ranked().hits();
    for (int i = 0; i < hits.size(); i++) {
      float similarity = hits.get(i).similarity();
      explanations.add(loaded.indexed().find(i).map(map -> new Explanation(map, similarity)));
    }
    for (int i = 0; i < positions.size(); i++) {
      PatchRelevance relevance = relevances.get(i);
      LoadedImage image = loaded.candidates().get(positions.get(i)).image().orElseThrow();
      explanations.set(
          positions.get(i),
          Optional.of(new Explanation(map(relevance, image), relevance.explainedScore())));
    }
    return explanations;
  }

  private CompletableFuture<Answer> store(Explained explained) {
    check("rendering");
    Composed composed = explained.loaded().composed();
    LoadedImage reference = composed.prepared().reference();
    Composition composition = composed.ranked().composition();
    CompletableFuture<Optional<Saliency>> referenceSaliency =
        composition
            .referenceRelevance()
            .map(
                relevance ->
                    artifacts
                        .reference(
                            canvas(reference, this::referenceAgain),
                            map(relevance, reference),
                            relevance.explainedScore(),
                            composition.pseudoWordLength())
                        .thenApply(Optional::of))
            .orElse(CompletableFuture.completedFuture(Optional.empty()));
    return referenceSaliency
        .thenCombine(storeCandidates(explained), (s, results) -> answer(explained, s, results))
        .thenCompose(artifacts::document)
        .thenApply(
            answer -> {
              clock.mark("artifacts");
              return answer;
            });
  }

  private CompletableFuture<List<RankedImage>> storeCandidates(Explained explained) {
    List<RankedImage> ranking = explained.loaded().composed().ranking();
    List<CompletableFuture<RankedImage>> results = new ArrayList<>();
    for (RankedImage plain : ranking) {
      results.add(storeCandidate(plain, explained));
    }
    return all(results);
  }

  private CompletableFuture<RankedImage> storeCandidate(RankedImage plain, Explained explained) {
    int position = plain.rank() - 1;
    Optional<Explanation> explanation = explained.explanations().get(position);
    if (explanation.isEmpty()) {
      return CompletableFuture.completedFuture(plain);
    }
    SaliencyMap map = explanation.get().map();
    float score = explanation.get().score();
    List<Candidate> candidates = explained.loaded().candidates();
    if (position >= candidates.size()) {
      Saliency noFiles =
          new Saliency(map, score, plain.similarity(), Optional.empty(), Optional.empty());
      return CompletableFuture.completedFuture(plain.withSaliency(noFiles));
    }
    Optional<Canvas> canvas =
        candidates
            .get(position)
            .image()
            .map(image -> canvas(image, room -> candidateAgain(plain, room)));
    return artifacts.candidate(plain, canvas, map, score);
  }

  private Canvas canvas(LoadedImage image, Function<Room, Optional<RgbImage>> again) {
    long bytes = ImageMemory.rgb(image);
    return new Canvas() {
      @Override
      public long cost() {
        return image.original().isPresent() ? 0 : bytes;
      }

      @Override
      public Optional<RgbImage> image() {
        return image.original().isPresent() ? image.original() : again.apply(Room.reserved(bytes));
      }
    };
  }

  private Optional<RgbImage> referenceAgain(Room room) {
    return Optional.of(pipeline.references().read(query.reference(), room));
  }

  private Optional<RgbImage> candidateAgain(RankedImage result, Room room) {
    Candidate candidate =
        pipeline
            .candidates()
            .load(
                result.imageName(),
                result.imageUri(),
                room,
                (ingest, bytes, working) -> ingest.loadToDraw(bytes, working, image -> false));
    candidate.warning().ifPresent(lateWarnings::add);
    return candidate.image().flatMap(LoadedImage::original);
  }

  private SaliencyMap map(PatchRelevance relevance, LoadedImage image) {
    return new SaliencyMap(
        query.saliency().method(),
        relevance.rows(),
        relevance.columns(),
        relevance.grid(),
        image.pixels().geometry());
  }

  private Answer answer(
      Explained explained, Optional<Saliency> reference, List<RankedImage> results) {
    List<Warning> warnings =
        Stream.concat(
                explained.loaded().candidates().stream().flatMap(c -> c.warning().stream()),
                lateWarnings.stream())
            .toList();
    GalleryDescription gallery = explained.loaded().composed().prepared().gallery().description();
    return new Answer(
        results,
        reference,
        warnings,
        Optional.empty(),
        Provenances.of(pipeline.ports().model().description(), gallery, pipeline.worker()),
        clock.timings());
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}
