package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.evaluation.EvaluationReport.CurveAreas;
import dev.heliograph.demo.evaluation.EvaluationReport.PatchOrder;
import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Mask;
import dev.heliograph.demo.world.PictureSize;
import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.Region;
import dev.heliograph.demo.world.Scene;
import dev.heliograph.demo.world.SceneDrawing;
import dev.heliograph.demo.world.SceneEdit;
import dev.heliograph.demo.world.ScenePainter;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One run of an {@link Evaluation}: its running sums, query by query. */
final class EvaluationRun {
  static final int CURVES = 40;
  private static final int BATCH = 32;
  private static final int[] RECALL_AT = {1, 5, 10};
  private static final List<SaliencyMethod> METHODS = List.of(SaliencyMethod.values());

  private final CompositionModel model;
  private final Preprocessor preprocessor;
  private final PatchCurves curves;
  private final FullSizeMap fullSize;
  private final EvaluationPlan plan;
  private final Evaluation.Progress progress;
  private final PythonRandom random;
  private final Map<Integer, Integer> found = new TreeMap<>();
  private final RegionTally references = new RegionTally();
  private final Map<Region, RegionTally> candidates = new EnumMap<>(Region.class);
  private final Map<PatchOrder, List<CurveAreas>> areas = new EnumMap<>(PatchOrder.class);
  private int done;

  EvaluationRun(
      CompositionModel model,
      Preprocessor preprocessor,
      PatchCurves curves,
      FullSizeMap fullSize,
      EvaluationPlan plan,
      Evaluation.Progress progress,
      PythonRandom random) {
    this.model = model;
    this.preprocessor = preprocessor;
    this.curves = curves;
    this.fullSize = fullSize;
    this.plan = plan;
    this.progress = progress;
    this.random = random;
  }

  EvaluationReport score(List<SceneEdit> queries, List<Scene> gallery) {
    List<float[]> features = encode(gallery);
    for (int i = 0; i < queries.size(); i++) {
      SceneEdit query = queries.get(i);
      float[] queryFeature = scoreReference(query, i);
      countRank(rank(features, queryFeature, i));
      scoreTarget(query, i, queryFeature);
      advance(1);
    }
    return report();
  }

  private List<float[]> encode(List<Scene> gallery) {
    List<float[]> features = new ArrayList<>();
    for (int from = 0; from < gallery.size(); from += BATCH) {
      List<ModelPixels> batch = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, gallery.size()); i++) {
        batch.add(preprocessor.prepare(drawInGallery(gallery.get(i), i).image()));
      }
      features.addAll(model.encode(batch));
      advance(batch.size());
    }
    return features;
  }

  /** Composes a query, scores the maps of its reference, and returns its feature. */
  private float[] scoreReference(SceneEdit query, int index) {
    SceneDrawing drawing = ScenePainter.draw(query.source(), PictureSize.unpadded(index + 2));
    ModelPixels pixels = preprocessor.prepare(drawing.image());
    Prompts prompts = model.tokenize(List.of(query.caption()));
    List<CompositionRequest> requests = new ArrayList<>();
    for (SaliencyMethod method : METHODS) {
      requests.add(new CompositionRequest(pixels, prompts, Optional.of(method)));
    }
    List<Composition> compositions = model.compose(requests);
    Map<SaliencyMethod, float[]> maps = new EnumMap<>(SaliencyMethod.class);
    for (int i = 0; i < METHODS.size(); i++) {
      PatchRelevance relevance = compositions.get(i).referenceRelevance().orElseThrow();
      maps.put(METHODS.get(i), fullSize.values(map(METHODS.get(i), relevance, pixels)));
    }
    references.add(maps, drawing.mainObject(), patchPixels(drawing.mainObject()));
    return compositions.get(0).queryFeature();
  }

  private void scoreTarget(SceneEdit query, int index, float[] queryFeature) {
    SceneDrawing drawing = drawInGallery(query.target(), index);
    ModelPixels pixels = preprocessor.prepare(drawing.image());
    List<CandidateRequest> requests = new ArrayList<>();
    for (SaliencyMethod method : METHODS) {
      requests.add(new CandidateRequest(pixels, queryFeature, method));
    }
    List<PatchRelevance> relevances = model.explain(requests);
    Map<SaliencyMethod, SaliencyMap> maps = new EnumMap<>(SaliencyMethod.class);
    for (int i = 0; i < METHODS.size(); i++) {
      maps.put(METHODS.get(i), map(METHODS.get(i), relevances.get(i), pixels));
    }
    if (query.changed().size() == 1) {
      Region region = query.changed().iterator().next();
      Map<SaliencyMethod, float[]> values = new EnumMap<>(SaliencyMethod.class);
      maps.forEach((method, map) -> values.put(method, fullSize.values(map)));
      Mask mask = drawing.mask(region);
      candidates
          .computeIfAbsent(region, key -> new RegionTally())
          .add(values, mask, region == Region.BACKGROUND ? 1 : patchPixels(mask));
    }
    if (index < CURVES) {
      scoreCurves(maps, pixels, queryFeature);
    }
  }

  private void scoreCurves(
      Map<SaliencyMethod, SaliencyMap> maps, ModelPixels pixels, float[] queryFeature) {
    int[] exact = PatchCurves.order(maps.get(SaliencyMethod.EXACT).normalised());
    int[] published = PatchCurves.order(maps.get(SaliencyMethod.PUBLISHED).normalised());
    int[] shuffled = exact.clone();
    random.shuffle(shuffled);
    addAreas(PatchOrder.EXACT, curves.areas(pixels, queryFeature, exact));
    addAreas(PatchOrder.PUBLISHED, curves.areas(pixels, queryFeature, published));
    addAreas(PatchOrder.RANDOM, curves.areas(pixels, queryFeature, shuffled));
  }

  private void addAreas(PatchOrder order, CurveAreas value) {
    areas.computeIfAbsent(order, key -> new ArrayList<>()).add(value);
  }

  private void countRank(int rank) {
    for (int k : RECALL_AT) {
      found.merge(k, rank <= k ? 1 : 0, Integer::sum);
    }
  }

  private EvaluationReport report() {
    SortedMap<Integer, Double> recall = new TreeMap<>();
    found.forEach((k, count) -> recall.put(k, (double) count / plan.queries()));
    Map<Region, RegionScore> scores = new EnumMap<>(Region.class);
    candidates.forEach((region, tally) -> scores.put(region, tally.score()));
    Map<PatchOrder, CurveAreas> faithfulness = new EnumMap<>(PatchOrder.class);
    areas.forEach((order, values) -> faithfulness.put(order, mean(values)));
    return new EvaluationReport(
        plan,
        model.description().clipModel(),
        recall,
        references.score(),
        scores,
        faithfulness,
        Math.min(CURVES, plan.queries()));
  }

  private void advance(int steps) {
    done += steps;
    progress.advance(done, plan.gallery() + plan.queries());
  }

  private static SaliencyMap map(
      SaliencyMethod method, PatchRelevance relevance, ModelPixels pixels) {
    return new SaliencyMap(
        method, relevance.rows(), relevance.columns(), relevance.grid(), pixels.geometry());
  }

  private int patchPixels(Mask mask) {
    return Math.max(mask.width(), mask.height()) / model.description().patchesPerSide();
  }

  private static SceneDrawing drawInGallery(Scene scene, int index) {
    return ScenePainter.draw(scene, PictureSize.unpadded(index));
  }

  /** From 1; equal scores keep gallery order. */
  private static int rank(List<float[]> features, float[] queryFeature, int target) {
    double goal = PatchCurves.dot(features.get(target), queryFeature);
    int rank = 1;
    for (int i = 0; i < features.size(); i++) {
      double score = PatchCurves.dot(features.get(i), queryFeature);
      if (score > goal || (score == goal && i < target)) {
        rank++;
      }
    }
    return rank;
  }

  private static CurveAreas mean(List<CurveAreas> values) {
    double deletion = 0;
    double insertion = 0;
    for (CurveAreas value : values) {
      deletion += value.deletion();
      insertion += value.insertion();
    }
    return new CurveAreas(deletion / values.size(), insertion / values.size());
  }
}
