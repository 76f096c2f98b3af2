package dev.heliograph.inference;

import ai.djl.ndarray.NDManager;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.query.SaliencyMethod;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reference images to composed queries, and to maps of the length of their pseudo words. */
record ReferenceComposer(Phi phi, QueryComposer queries, GradEclip gradEclip) {

  /** A forward pass from the open last block to the pseudo word. */
  private record Inverted(LastBlock.Tail tail, Phi.Inversion inversion) {}

  /**
   * @param opened the requests' references, B
   */
  List<Composition> compose(
      NDManager manager, List<CompositionRequest> requests, LastBlock.Opened opened) {
    Inverted exact = invert(opened, SaliencyMethod.EXACT);
    float[] lengths = Vectors.length(exact.inversion.word()).toFloatArray();
    List<float[]> features =
        queries.compose(
            manager,
            exact.inversion.word(),
            requests.stream().map(CompositionRequest::prompts).toList());
    Map<SaliencyMethod, List<PatchRelevance>> maps = maps(requests, opened, exact);
    List<Composition> compositions = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      int index = i;
      compositions.add(
          new Composition(
              features.get(i),
              lengths[i],
              requests.get(i).referenceSaliency().map(method -> maps.get(method).get(index))));
    }
    return compositions;
  }

  /** For each method that a request asks for, the maps of all references. */
  private Map<SaliencyMethod, List<PatchRelevance>> maps(
      List<CompositionRequest> requests, LastBlock.Opened opened, Inverted exact) {
    Map<SaliencyMethod, List<PatchRelevance>> maps = new EnumMap<>(SaliencyMethod.class);
    for (SaliencyMethod method : SaliencyMethod.values()) {
      if (requests.stream().anyMatch(request -> wants(request, method))) {
        Inverted pass = method == SaliencyMethod.EXACT ? exact : invert(opened, method);
        ExplainedScore length = ExplainedScore.pseudoWordLength(phi, pass.inversion);
        maps.put(method, gradEclip.relevance(opened, pass.tail, length));
      }
    }
    return maps;
  }

  private Inverted invert(LastBlock.Opened opened, SaliencyMethod method) {
    LastBlock.Tail tail = gradEclip.forward(opened, method);
    return new Inverted(tail, phi.invert(tail.feature()));
  }

  private static boolean wants(CompositionRequest request, SaliencyMethod method) {
    return request.referenceSaliency().filter(method::equals).isPresent();
  }
}
