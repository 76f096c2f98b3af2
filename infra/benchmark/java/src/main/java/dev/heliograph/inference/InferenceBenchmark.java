package dev.heliograph.inference;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.benchmark.Inputs;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.SaliencyMethod;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The towers and the explanation's tail, by batch size and precision; PyTorch has one thread per
 * core.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class InferenceBenchmark extends StageBenchmark {
  private static final String CAPTION = "is red instead of blue and has two more windows";

  @Param({"1", "3", "8"})
  public int batch;

  @Param({"float32", "bfloat16"})
  public String precision;

  private @Nullable ClipModel model;
  private @Nullable NDManager manager;
  private @Nullable GradEclip gradEclip;
  private NDArray @Nullable [] arrays;

  @Setup
  public void open() {
    Engine engine = TorchEngine.start(OptionalInt.empty());
    Path inputs = Inputs.folder();
    ClipModelConfig config =
        ClipModelConfig.builder(inputs.resolve("model"))
            .phi(inputs.resolve("phi.pt"))
            .precision(Precision.of(precision))
            .build();
    ClipModel opened = ClipModel.load(config, engine.newBaseManager(Device.cpu()));
    NDManager scope = opened.weights().newSubManager();
    int side = opened.vision().side();
    NDArray pixels = random(scope, 3L * side * side).reshape(batch, 3, side, side);
    NDArray hidden = opened.vision().trunk(pixels);
    NDArray words = random(scope, Objects.requireNonNull(opened.phi(), "phi").wordLength());
    NDArray queries = random(scope, opened.config().dimension());
    model = opened;
    manager = scope;
    gradEclip = new GradEclip(opened.vision());
    arrays = new NDArray[] {pixels, hidden, words, Vectors.unit(queries)};
  }

  /** All blocks but the last. */
  @Benchmark
  public float visionTrunk() {
    return scoped(opened -> opened.vision().trunk(array(0)).getFloat(0, 0, 0));
  }

  /** The last block, the cosine, its gradient and the map. */
  @Benchmark
  public List<PatchRelevance> lastBlockAndMap() {
    return scoped(
        opened -> {
          LastBlock.Opened last = opened.vision().open(array(1));
          LastBlock.Tail tail = saliency().forward(last, SaliencyMethod.EXACT);
          return saliency().relevance(last, tail, ExplainedScore.cosine(tail.feature(), array(3)));
        });
  }

  /** The last block and the feature: what a map adds is the difference. */
  @Benchmark
  public float lastBlock() {
    return scoped(
        opened -> {
          LastBlock.Opened last = opened.vision().open(array(1));
          return saliency().forward(last, SaliencyMethod.EXACT).feature().getFloat(0, 0);
        });
  }

  /** A prompt of 16 tokens for each word. */
  @Benchmark
  public float textTower() {
    return scoped(
        opened -> {
          int[] prompt = tokens(opened).tokenIds().get(0);
          List<int[]> prompts = Collections.nCopies(batch, prompt);
          int word = tokenizer(opened).wordPosition();
          return opened
              .text()
              .encode(array(0).getManager(), prompts, array(2), word)
              .getFloat(0, 0);
        });
  }

  @Benchmark
  public Prompts tokenize() {
    return tokens(opened());
  }

  @TearDown
  public void close() {
    opened().close();
  }

  private <T> T scoped(Function<ClipModel, T> step) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      return step.apply(opened());
    }
  }

  private ClipModel opened() {
    return Objects.requireNonNull(model, "not set up");
  }

  private GradEclip saliency() {
    return Objects.requireNonNull(gradEclip, "not set up");
  }

  private NDArray array(int i) {
    return Objects.requireNonNull(arrays, "not set up")[i];
  }

  private static ClipTokenizer tokenizer(ClipModel opened) {
    return Objects.requireNonNull(opened.tokenizer(), "tokenizer");
  }

  private static Prompts tokens(ClipModel opened) {
    return tokenizer(opened).prompts(List.of(CAPTION));
  }

  /** As many rows as the batch has. */
  private NDArray random(NDManager scope, long length) {
    Random random = new Random(1);
    float[] values = new float[Math.toIntExact(batch * length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.create(values, new Shape(batch, length));
  }
}
