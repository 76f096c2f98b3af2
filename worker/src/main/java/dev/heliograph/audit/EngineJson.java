package dev.heliograph.audit;

import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.Prompts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The parts of a record's predicate that say what the model was given and what computed. */
final class EngineJson {
  private EngineJson() {}

  static void write(AuditContext context, CaptionPolicy captions, Map<String, Object> predicate) {
    AuditContext.Engine engine = context.engine();
    Map<String, Object> inputs = new TreeMap<>();
    context
        .evidence()
        .reference()
        .ifPresent(
            image ->
                inputs.put(
                    "reference",
                    Map.of(
                        "sha256",
                        image.sha256(),
                        "bytes",
                        image.bytes(),
                        "exifOrientation",
                        image.orientation(),
                        "geometry",
                        GeometryJson.of(image.geometry()))));
    context
        .evidence()
        .prompts()
        .ifPresent(prompts -> inputs.put("tokens", tokens(prompts, captions)));
    predicate.put("inputs", inputs);
    predicate.put("models", models(engine));
    predicate.put("preprocess", preprocess(engine));
    predicate.put("method", method(engine.method()));
    predicate.put("environment", environment(engine));
    predicate.put(
        "replayTolerance",
        Map.of("score", engine.tolerance().score(), "grid", engine.tolerance().grid()));
  }

  /** Token ids spell the caption out, so they follow its policy. */
  private static Map<String, Object> tokens(Prompts prompts, CaptionPolicy captions) {
    List<List<Integer>> ids = new ArrayList<>();
    for (int[] prompt : prompts.tokenIds()) {
      List<Integer> list = new ArrayList<>(prompt.length);
      for (int id : prompt) {
        list.add(id);
      }
      ids.add(list);
    }
    return captions == CaptionPolicy.CLEAR
        ? Map.of("ids", ids)
        : Map.of("sha256", Digests.hex(CanonicalJson.write(ids)));
  }

  private static Map<String, Object> models(AuditContext.Engine engine) {
    ModelDescription model = engine.model();
    Map<String, Object> clip = new TreeMap<>();
    clip.put("name", model.clipModel());
    clip.put("sha256", model.clipSha256());
    clip.put("dimension", model.dimension());
    clip.put("patchesPerSide", model.patchesPerSide());
    return Map.of(
        "clip",
        clip,
        "phi",
        Map.of("evalType", model.evalType(), "sha256", model.phiSha256()),
        "tokenizer",
        Map.of("sha256", engine.tokenizerSha256()));
  }

  private static Map<String, Object> preprocess(AuditContext.Engine engine) {
    AuditContext.Preprocessing steps = engine.preprocessing();
    return Map.of(
        "type",
        steps.type().name(),
        "targetRatio",
        steps.targetRatio(),
        "side",
        engine.model().side(),
        "resample",
        steps.resample(),
        "mean",
        steps.mean(),
        "deviation",
        steps.deviation());
  }

  private static Map<String, Object> method(AuditContext.Method method) {
    return Map.of(
        "layer",
        method.layer(),
        "heads",
        method.heads(),
        "referenceTarget",
        method.referenceTarget(),
        "candidateTarget",
        method.candidateTarget(),
        "normalisation",
        method.normalisation(),
        "interpolation",
        method.interpolation(),
        "colourMap",
        method.colourMap(),
        "overlayAlpha",
        method.overlayAlpha());
  }

  private static Map<String, Object> environment(AuditContext.Engine engine) {
    AuditContext.Environment environment = engine.environment();
    Map<String, Object> json = new TreeMap<>();
    json.put("worker", environment.worker());
    json.put("workerVersion", environment.workerVersion());
    json.put("gitRevision", environment.gitRevision());
    json.put("jdk", environment.jdk());
    json.put("djl", environment.djl());
    json.put("libtorch", environment.libtorch());
    json.put("device", engine.model().device());
    json.put("precision", engine.model().precision());
    json.put("threads", environment.threads());
    json.put("determinism", environment.determinism());
    return json;
  }
}
