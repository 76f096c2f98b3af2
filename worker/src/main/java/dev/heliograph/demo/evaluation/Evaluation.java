package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.Scene;
import dev.heliograph.demo.world.SceneEdit;
import dev.heliograph.demo.world.SceneSampler;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.Preprocessor;
import java.util.ArrayList;
import java.util.List;

/**
 * Composed retrieval and saliency on fresh demo-world scenes, against the scenes' exact masks.
 *
 * <p>Pointing game (Zhang et al., 2016), on each query's true target: is the map's peak, at the
 * original size, on what the caption asked for, grown by one patch? Asked for is the main object
 * (colour, fill or shape changed), the small objects, or the background (not grown); queries that
 * change more than one are left out. References are scored on their main object. Faithfulness: see
 * {@link PatchCurves}, with a random order as control, for the first 40 queries.
 *
 * <p>Called by one thread, the one that may call the model. Draws each scene when it is needed:
 * memory does not grow with the gallery, except for what the model sees of it.
 */
public final class Evaluation {
  /** Told after each scene that was encoded, and each query that was scored. */
  public interface Progress {
    void advance(int done, int total);
  }

  private final CompositionModel model;
  private final Preprocessor preprocessor;
  private final FullSizeMap fullSize;
  private final PatchCurves curves;

  public Evaluation(
      CompositionModel model,
      Preprocessor preprocessor,
      TensorEncoder encoder,
      FullSizeMap fullSize) {
    this.model = model;
    this.preprocessor = preprocessor;
    this.fullSize = fullSize;
    this.curves = new PatchCurves(encoder, model.description().patchesPerSide());
  }

  public EvaluationReport run(EvaluationPlan plan, Progress progress) {
    PythonRandom random = new PythonRandom(plan.seed());
    SceneSampler sampler = new SceneSampler(random);
    List<SceneEdit> queries = new ArrayList<>();
    List<Scene> gallery = new ArrayList<>();
    for (int i = 0; i < plan.queries(); i++) {
      SceneEdit query = sampler.edit(sampler.scene());
      queries.add(query);
      gallery.add(query.target());
    }
    while (gallery.size() < plan.gallery()) {
      gallery.add(sampler.scene());
    }
    return new EvaluationRun(model, preprocessor, curves, fullSize, plan, progress, random)
        .score(queries, gallery);
  }
}
