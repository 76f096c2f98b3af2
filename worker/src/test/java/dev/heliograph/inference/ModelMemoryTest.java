package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nothing of a pass stays behind: neither arrays with the weights, nor native memory. */
class ModelMemoryTest {
  private static final int PASSES = 300;

  /** A pass makes some 50 MB of arrays; the rest is room for the heap to be touched. */
  private static final long ALLOWED_GROWTH_MIB = 400;

  @Test
  void manyPassesLeaveNothingBehind() throws IOException {
    for (Batching batching : Batching.values()) {
      ClipModelConfig config = GoldenModel.config().batching(batching).build();
      try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
        NDManager weights = model.weights();
        int arrays = weights.getManagedArrays().size();
        pass(model);
        pass(model);
        long before = residentMebibytes();
        for (int i = 0; i < PASSES; i++) {
          pass(model);
        }
        assertEquals(arrays, weights.getManagedArrays().size(), batching.name());
        long growth = residentMebibytes() - before;
        assertTrue(growth < ALLOWED_GROWTH_MIB, () -> batching + ": grew by " + growth + " MiB");
      }
    }
  }

  @Test
  void aClosedModelHoldsNothing() {
    ClipCompositionModel model = ClipCompositionModel.open(GoldenModel.config().build());
    NDManager weights = model.weights();
    model.close();
    assertTrue(!weights.isOpen());
    assertEquals(0, weights.getManagedArrays().size());
  }

  private static void pass(ClipCompositionModel model) {
    List<CompositionRequest> requests = new ArrayList<>();
    List<CandidateRequest> candidates = new ArrayList<>();
    List<ModelPixels> images = new ArrayList<>();
    for (SaliencyMethod method : SaliencyMethod.values()) {
      ModelPixels pixels = GoldenModel.pixels("scene-00.png");
      images.add(pixels);
      requests.add(
          new CompositionRequest(pixels, model.tokenize(List.of("is red")), Optional.of(method)));
      candidates.add(new CandidateRequest(pixels, new float[48], method));
    }
    model.compose(requests);
    model.explain(candidates);
    model.encode(images);
    model.encodeTensors(List.of(model.tensor(images.get(0))));
  }

  /** What the process holds in memory; 0 where the system does not tell. */
  private static long residentMebibytes() throws IOException {
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
