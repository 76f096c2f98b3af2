package dev.heliograph.pipeline;

import dev.heliograph.pipeline.ArtifactWriter.Canvas;
import dev.heliograph.pipeline.CandidateLoader.Candidate;
import dev.heliograph.pipeline.RankingStages.Composed;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Query;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;

/** A query's way from its ranking to its answer: load candidates, explain, store. */
final class ExplanationStages {
  private final Query query;
  private final QueryPipeline pipeline;
  private final RunControl control;
  private final ArtifactWriter artifacts;

  /** Of candidates that were gone when they were to be drawn. */
  private final Queue<Warning> lateWarnings = new ConcurrentLinkedQueue<>();

  ExplanationStages(Query query, QueryPipeline pipeline, RunControl control) {
    this.query = query;
    this.pipeline = pipeline;
    this.control = control;
    this.artifacts = new ArtifactWriter(query, pipeline.ports(), control.steps(), control::check);
  }

  /** Fails with what the query's outcome is made of. */
  CompletableFuture<Answer> answer(Composed composed) {
    return loadCandidates(composed).thenCompose(this::explain).thenCompose(this::store);
  }

  private record Loaded(Composed composed, IndexedMaps indexed, List<Candidate> candidates) {}

  private CompletableFuture<Loaded> loadCandidates(Composed composed) {
    Gallery gallery = composed.prepared().gallery();
    List<Hit> hits = composed.ranked().hits();
    float[] feature = composed.ranked().composition().queryFeature();
    return control
        .steps()
        .run(() -> IndexedMaps.of(query, gallery, hits, feature))
        .thenCompose(indexed -> loadCandidates(composed, indexed));
  }

  private CompletableFuture<Loaded> loadCandidates(Composed composed, IndexedMaps indexed) {
    if (!indexed.isEmpty()) {
      control.clock().mark("index");
    }
    List<RankedImage> ranking = composed.ranking();
    List<CompletableFuture<Candidate>> loading = new ArrayList<>();
    for (int i = 0; i < Math.min(query.saliency().maxCandidates(), ranking.size()); i++) {
      RankedImage result = ranking.get(i);
      loading.add(
          indexed.needsImage(i)
              ? control.steps().decoding(room -> loadCandidate(result, room, indexed))
              : CompletableFuture.completedFuture(Candidate.NOT_NEEDED));
    }
    return all(loading)
        .thenApply(
            candidates -> {
              control.clock().mark("candidates");
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
    return candidate
        .image()
        .map(image -> candidate.withImage(control.steps().kept(image)))
        .orElse(candidate);
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
    return control
        .retries()
        .run(() -> all(pipeline.device().explain(requests, () -> control.check("explaining"))))
        .thenApply(
            relevances -> {
              control.clock().mark("explain");
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
    control.check("rendering");
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
              control.clock().mark("artifacts");
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
      public Optional<EncodedObject> draw(Function<RgbImage, EncodedObject> drawing) {
        return image.original().isPresent()
            ? image.original().map(drawing)
            : again.apply(Room.reserved(bytes)).map(original -> drawnOnce(original, drawing));
      }
    };
  }

  private EncodedObject drawnOnce(RgbImage original, Function<RgbImage, EncodedObject> drawing) {
    EncodedObject drawn = drawing.apply(original);
    pipeline.ports().arrays().give(original.rgb());
    return drawn;
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
        control.clock().timings());
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}
