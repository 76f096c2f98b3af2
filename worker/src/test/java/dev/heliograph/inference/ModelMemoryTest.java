package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nothing of a pass stays behind: neither arrays with the weights, nor native memory. */
class ModelMemoryTest {
  /** What is left behind shows in each part; what the process takes once, in one of them. */
  private static final int PARTS = 4;

  private static final int PASSES_OF_A_PART = 75;
  private static final int RUNS_OF_A_PART = 100;
  private static final int WARM_UP = 20;

  /** A pass makes some 50 MB of arrays. */
  private static final long ALLOWED_GROWTH_MIB = 100;

  @Test
  void manyPassesLeaveNothingBehind() throws IOException {
    for (Batching batching : Batching.values()) {
      leavesNothingBehind(GoldenModel.config().batching(batching).build());
    }
  }

  @Test
  void neitherDoTheyInReducedPrecision() throws IOException {
    leavesNothingBehind(GoldenModel.config().precision(Precision.BFLOAT16).build());
  }

  private static void leavesNothingBehind(ClipModelConfig config) throws IOException {
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      NDManager weights = model.weights();
      int arrays = weights.getManagedArrays().size();
      pass(model);
      pass(model);
      long growth = leastGrowth(PASSES_OF_A_PART, () -> pass(model));
      assertEquals(arrays, weights.getManagedArrays().size(), config::toString);
      assertTrue(growth < ALLOWED_GROWTH_MIB, () -> config + ": grew by " + growth + " MiB");
    }
  }

  /**
   * A native value left open would hold more than a MiB of each run. Some of it may go where runs
   * have left room before, hence the half.
   */
  @Test
  void manyRunsOfAReducedTrunkLeaveNothingBehind() throws IOException {
    try (ClipModel model = GoldenModel.load(Precision.BFLOAT16)) {
      Trunk vision = model.vision().trunk().firstBlock();
      leavesNothingBehind(model, manager -> run(vision, manager, new Shape(64, 50, 128), null));
      Trunk text = model.text().trunk().firstBlock();
      leavesNothingBehind(
          model,
          manager -> run(text, manager, new Shape(1, 600, 64), CausalMask.square(manager, 600)));
    }
  }

  private static void leavesNothingBehind(ClipModel model, Consumer<NDManager> run)
      throws IOException {
    int arrays = model.weights().getManagedArrays().size();
    Runnable once =
        () -> {
          try (NDManager manager = model.weights().newSubManager()) {
            run.accept(manager);
          }
        };
    for (int i = 0; i < WARM_UP; i++) {
      once.run();
    }
    long growth = leastGrowth(RUNS_OF_A_PART, once);
    assertEquals(arrays, model.weights().getManagedArrays().size());
    assertTrue(growth < RUNS_OF_A_PART / 2, () -> "grew by " + growth + " MiB");
  }

  /** By how many MiB the process grew in the part in which it grew least. */
  private static long leastGrowth(int times, Runnable once) throws IOException {
    long least = Long.MAX_VALUE;
    long before = residentMebibytes();
    for (int part = 0; part < PARTS; part++) {
      for (int i = 0; i < times; i++) {
        once.run();
      }
      long after = residentMebibytes();
      least = Math.min(least, after - before);
      before = after;
    }
    return least;
  }

  private static void run(Trunk trunk, NDManager manager, Shape shape, @Nullable NDArray mask) {
    assertEquals(shape, trunk.forward(manager.ones(shape), mask).getShape());
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
