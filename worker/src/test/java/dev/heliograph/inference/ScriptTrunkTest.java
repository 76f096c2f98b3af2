package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script against the blocks that it replaces. */
class ScriptTrunkTest {
  private static final Deviations DEVIATIONS = new Deviations();

  /** Other kernels for the same arithmetic; a fraction of the largest value. */
  private static final double SAME = 1e-5;

  /** A bfloat16 has 8 significant bits. */
  private static final double ROUNDED = 0.9999;

  private static ClipModel model;
  private static ClipModel scripted;
  private static ClipModel reduced;

  private NDManager manager;
  private NDScope scope;

  @BeforeAll
  static void load() {
    model = GoldenModel.load();
    scripted = GoldenModel.load();
    reduced = GoldenModel.load(Precision.BFLOAT16);
  }

  @AfterAll
  static void close() {
    Stream.of(model, scripted, reduced).forEach(ClipModel::close);
    DEVIATIONS.log();
  }

  @BeforeEach
  void openScope() {
    manager = model.weights().newSubManager();
    scope = new NDScope();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    manager.close();
  }

  @Test
  void inFloat32ItIsTheVisionTrunk() {
    Trunk script = script(scripted.vision().trunk());
    assertEquals(model.vision().trunk().depth(), script.depth());
    for (int batch : new int[] {1, 3}) {
      float[] expected = run(model.vision().trunk(), batch, 50, visionWidth(), null);
      float[] actual = run(script, batch, 50, visionWidth(), null);
      DEVIATIONS.checkRelative("vision trunk", SAME, expected, actual);
    }
  }

  @Test
  void inFloat32ItIsTheMaskedTextTrunk() {
    Trunk script = script(scripted.text().trunk());
    int tokens = 9;
    NDArray mask = CausalMask.square(manager, tokens);
    float[] expected = run(model.text().trunk(), 2, tokens, textWidth(), mask);
    float[] actual = run(script, 2, tokens, textWidth(), mask);
    DEVIATIONS.checkRelative("text trunk", SAME, expected, actual);
    float[] unmasked = run(script, 2, tokens, textWidth(), null);
    assertTrue(cosine(expected, unmasked) < 0.999, "the mask makes no difference here");
  }

  @Test
  void inFloat32ItHasTheExactGeluToo() {
    try (NanoModel plain = NanoModel.open("clip-gelu-nano");
        NanoModel other = NanoModel.open("clip-gelu-nano")) {
      Trunk script = script(other.vision().trunk(), other.manager());
      int width = (int) plain.vision().patchEmbedding().outputs();
      float[] expected = run(plain.vision().trunk(), 2, 5, width, null);
      DEVIATIONS.checkRelative("exact gelu", SAME, expected, run(script, 2, 5, width, null));
    }
  }

  @Test
  void bfloat16IsARoundingAway() {
    float[] vision = run(model.vision().trunk(), 3, 50, visionWidth(), null);
    float[] rounded = run(reduced.vision().trunk(), 3, 50, visionWidth(), null);
    assertTrue(cosine(vision, rounded) > ROUNDED, () -> "cosine " + cosine(vision, rounded));
    assertFalse(Arrays.equals(vision, rounded), "nothing was rounded");
    NDArray mask = CausalMask.square(manager, 16);
    float[] text = run(model.text().trunk(), 3, 16, textWidth(), mask);
    float[] roundedText = run(reduced.text().trunk(), 3, 16, textWidth(), mask);
    assertTrue(cosine(text, roundedText) > ROUNDED, () -> "cosine " + cosine(text, roundedText));
  }

  /** On a CPU it is slow, and refused by {@link Precision#check}; the script is the GPU's. */
  @Test
  void float16IsASmallerRoundingAway() {
    try (ClipModel half = GoldenModel.load(Precision.FLOAT16)) {
      float[] vision = run(model.vision().trunk(), 1, 50, visionWidth(), null);
      float[] rounded = run(half.vision().trunk(), 1, 50, visionWidth(), null);
      assertTrue(cosine(vision, rounded) > 0.99999, () -> "cosine " + cosine(vision, rounded));
      assertFalse(Arrays.equals(vision, rounded), "nothing was rounded");
    }
  }

  /** PyTorch may recompile a script after its first runs; this one it is told to leave alone. */
  @Test
  void theFirstRunAndEveryThreadHaveTheSameBits() {
    try (ClipModel fresh = GoldenModel.load(Precision.BFLOAT16)) {
      Trunk trunk = fresh.vision().trunk();
      float[] first = run(trunk, 1, 50, visionWidth(), null);
      List<CompletableFuture<float[]>> others =
          IntStream.range(0, 12)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> run(trunk, 1, 50, visionWidth(), null),
                          task -> new Thread(task).start()))
              .toList();
      for (CompletableFuture<float[]> other : others) {
        assertArrayEquals(first, other.join());
      }
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(first, run(trunk, 1, 50, visionWidth(), null));
      }
    }
  }

  @Test
  void takesAndReturnsFloat32InTheManagerOfItsArgument() {
    NDArray x = random(manager, 2, 5, visionWidth());
    NDArray y = reduced.vision().trunk().forward(x, null);
    assertEquals(DataType.FLOAT32, y.getDataType());
    assertEquals(manager, y.getManager());
    assertTrue(x.isReleased());
  }

  @Test
  void theCastWeightsReplaceTheOthers() {
    int weights = model.weights().getManagedArrays().size();
    int blocks = model.vision().trunk().depth() + model.text().trunk().depth();
    assertEquals(weights - 8 * blocks, reduced.weights().getManagedArrays().size());
  }

  @Test
  void aFirstBlockIsTheFirstBlock() {
    Trunk first = reduced.vision().withFirstBlock().trunk();
    assertEquals(1, first.depth());
    float[] expected = run(model.vision().trunk().firstBlock(), 1, 50, visionWidth(), null);
    float[] actual = run(first, 1, 50, visionWidth(), null);
    assertTrue(cosine(expected, actual) > ROUNDED, () -> "cosine " + cosine(expected, actual));
  }

  private static Trunk script(Trunk blocks) {
    return script(blocks, scripted.weights());
  }

  private static Trunk script(Trunk blocks, NDManager weights) {
    return ScriptTrunk.of(((BlockTrunk) blocks).blocks(), Precision.FLOAT32, weights);
  }

  private static int visionWidth() {
    return (int) model.vision().patchEmbedding().outputs();
  }

  private static int textWidth() {
    return (int) model.text().positionEmbedding().getShape().get(1);
  }

  private static float[] run(
      Trunk trunk, int batch, int tokens, int width, @Nullable NDArray mask) {
    try (NDManager pass = model.weights().newSubManager()) {
      return trunk.forward(random(pass, batch, tokens, width), mask).toFloatArray();
    }
  }

  private static NDArray random(NDManager manager, int batch, int tokens, int width) {
    Random random = new Random(1);
    float[] values = new float[batch * tokens * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(batch, tokens, width));
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(squaresA * squaresB);
  }
}
