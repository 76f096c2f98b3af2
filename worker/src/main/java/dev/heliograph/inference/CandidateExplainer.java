package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.query.SaliencyMethod;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Candidates to maps of their cosine with a query. */
record CandidateExplainer(GradEclip gradEclip, int dimension) {

  /**
   * @param opened the requests' candidates, B
   */
  List<PatchRelevance> explain(
      NDManager manager, List<CandidateRequest> requests, LastBlock.Opened opened) {
    NDArray queries = queries(manager, requests);
    Map<SaliencyMethod, List<PatchRelevance>> maps = new EnumMap<>(SaliencyMethod.class);
    for (CandidateRequest request : requests) {
      maps.computeIfAbsent(request.method(), method -> explain(opened, queries, method));
    }
    return IntStream.range(0, requests.size())
        .mapToObj(i -> maps.get(requests.get(i).method()).get(i))
        .toList();
  }

  private List<PatchRelevance> explain(
      LastBlock.Opened opened, NDArray queries, SaliencyMethod method) {
    LastBlock.Tail tail = gradEclip.forward(opened, method);
    return gradEclip.relevance(opened, tail, ExplainedScore.cosine(tail.feature(), queries));
  }

  private NDArray queries(NDManager manager, List<CandidateRequest> requests) {
    FloatBuffer rows = FloatBuffer.allocate(requests.size() * dimension);
    for (CandidateRequest request : requests) {
      float[] query = request.queryFeature();
      if (query.length != dimension) {
        throw new IllegalArgumentException(
            "a query feature of length " + query.length + ", the model's is " + dimension);
      }
      rows.put(query);
    }
    return manager.create(rows.flip(), new Shape(requests.size(), dimension));
  }
}
