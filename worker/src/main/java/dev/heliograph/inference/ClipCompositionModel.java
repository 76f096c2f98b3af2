package dev.heliograph.inference;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.QueryFailedException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CLIP, phi and Grad-ECLIP on PyTorch. The images of a batch share one pass up to the last block;
 * there, the features, the explained scores and their gradients are read off.
 *
 * <p>Arithmetic is float32, or as {@link Precision} says. Thread-safe as the interface says. Memory
 * is flat: nothing outlives a call but what it returns.
 *
 * <p>CUDA needs a PyTorch built for it: the environment variables {@code PYTORCH_LIBRARY_PATH} (the
 * {@code torch/lib} folder of a PyTorch 2.7.1 wheel), {@code PYTORCH_VERSION=2.7.1} and {@code
 * PYTORCH_FLAVOR} (such as {@code cu128}) lead to one. Without them the CPU build on the class path
 * is used, and nothing is ever downloaded.
 */
public final class ClipCompositionModel implements CompositionModel {
  private static final Logger LOG = LoggerFactory.getLogger(ClipCompositionModel.class);

  private final ClipModel model;
  private final VisionPasses passes;
  private final @Nullable ReferenceComposer composer;
  private final CandidateExplainer explainer;
  private final TangentExplainer tangents;
  private final ModelDescription description;
  private final ModelFacts facts;
  private final Device device;

  private ClipCompositionModel(
      ClipModel model,
      Batching batching,
      TrunkBatches batches,
      ModelDescription description,
      Device device) {
    this.device = device;
    GradEclip gradEclip = new GradEclip(model.vision());
    this.model = model;
    this.passes = new VisionPasses(model.weights(), model.vision(), batches);
    this.composer = composer(model, gradEclip);
    this.explainer = new CandidateExplainer(gradEclip, model.config().dimension());
    this.tangents = new TangentExplainer(gradEclip, model.vision().last());
    this.description = description;
    this.facts = facts(model, batching, batches);
  }

  /**
   * Loads what models of this process share, PyTorch, so that the first {@link #open} need not.
   *
   * @throws ModelFileException if PyTorch cannot be loaded
   */
  public static void prepare(ClipModelConfig config) {
    TorchEngine.start(config.threads());
  }

  /**
   * For a process that exits while others of its threads may compute: returns when no model of it
   * does any more, and none will again; whoever tries waits for ever. Without this, an exit frees
   * PyTorch's memory under a running pass, and the JVM ends as crashed.
   */
  public static void endAll() {
    TorchEngine.end();
  }

  /**
   * Loads a model; takes as long as reading its files.
   *
   * @throws ModelFileException if the files are missing, damaged, or do not fit each other; or if
   *     there is no such device, or it is none for the precision
   * @throws QueryFailedException with DEVICE_OUT_OF_MEMORY if the device cannot hold the model
   */
  public static ClipCompositionModel open(ClipModelConfig config) {
    Engine engine = TorchEngine.start(config.threads());
    Device device = TorchEngine.device(engine, config.device());
    config.precision().check(device);
    ClipModel model =
        TorchEngine.compute(() -> ClipModel.load(config, engine.newBaseManager(device)));
    try {
      Batching batching =
          config.batching().orElse(device.isGpu() ? Batching.FASTEST : Batching.REPRODUCIBLE);
      TrunkBatches batches = TrunkBatches.of(batching, model.vision(), model.weights());
      ModelDescription description = describe(config, model, device);
      LOG.info("{}, {} batches: {}", TorchEngine.describe(), batching, description);
      return new ClipCompositionModel(model, batching, batches, description, device);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  /** How it computes. Thread-safe. */
  public ModelFacts facts() {
    return facts;
  }

  /** How full the device is now. Thread-safe. */
  public DeviceUsage deviceUsage() {
    return DeviceUsage.of(device);
  }

  /**
   * @throws IllegalStateException if the model was opened without phi
   */
  @Override
  public Prompts tokenize(List<String> captions) {
    ClipTokenizer tokenizer = model.tokenizer();
    if (tokenizer == null) {
      throw new IllegalStateException(description.clipModel() + " has no tokenizer");
    }
    return tokenizer.prompts(captions);
  }

  /**
   * @throws IllegalStateException if the model was opened without phi
   */
  @Override
  public List<Composition> compose(List<CompositionRequest> batch) {
    if (composer == null) {
      throw new IllegalStateException(description.clipModel() + " was opened without phi");
    }
    return passes.run(
        batch,
        (manager, requests) ->
            pixels(manager, requests.stream().map(CompositionRequest::reference).toList()),
        composer::compose);
  }

  @Override
  public List<PatchRelevance> explain(List<CandidateRequest> batch) {
    return passes.run(
        batch,
        (manager, requests) ->
            pixels(manager, requests.stream().map(CandidateRequest::pixels).toList()),
        explainer::explain);
  }

  @Override
  public List<float[]> encode(List<ModelPixels> images) {
    return passes.run(images, this::pixels, (manager, part, opened) -> features(opened));
  }

  @Override
  public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
    int patchesPerSide = description.patchesPerSide();
    return passes.run(
        images, this::pixels, (manager, part, opened) -> tangents.images(opened, patchesPerSide));
  }

  /**
   * Normalised features of tensors, to measure what an image loses with its patches.
   *
   * @param tensors each 3 × S × S, as {@link #tensor} makes them; 0 is the mean colour
   */
  public float[][] encodeTensors(List<float[]> tensors) {
    return passes
        .run(tensors, this::stacked, (manager, part, opened) -> features(opened))
        .toArray(new float[0][]);
  }

  /** The model's input for an image: 3 × S × S, RGB planes, CLIP-normalised. */
  public float[] tensor(ModelPixels image) {
    try (NDManager manager = model.weights().newSubManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      return pixels(manager, List.of(image)).toFloatArray();
    }
  }

  @Override
  public void close() {
    model.close();
  }

  /** Owns the weights; every pass works in one below it. */
  NDManager weights() {
    return model.weights();
  }

  private List<float[]> features(LastBlock.Opened opened) {
    LastBlock last = model.vision().last();
    NDArray o = last.attend(opened, last.heads(), null);
    return List.of(Vectors.rows(Vectors.unit(last.tail(opened, o).feature())));
  }

  private NDArray pixels(NDManager manager, List<ModelPixels> images) {
    int bytes = 3 * description.side() * description.side();
    ByteBuffer rgb = manager.allocateDirect(images.size() * bytes);
    for (ModelPixels image : images) {
      checkSize("an image of ", image.rgb().length, bytes);
      rgb.put(image.rgb());
    }
    return model.vision().normalise(manager, rgb.flip(), images.size());
  }

  private NDArray stacked(NDManager manager, List<float[]> tensors) {
    int side = description.side();
    FloatBuffer values = FloatBuffer.allocate(tensors.size() * 3 * side * side);
    for (float[] tensor : tensors) {
      checkSize("a tensor of ", tensor.length, 3 * side * side);
      values.put(tensor);
    }
    return manager.create(values.flip(), new Shape(tensors.size(), 3, side, side));
  }

  private static void checkSize(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          what + found + " numbers, the model's input has " + expected);
    }
  }

  private static @Nullable ReferenceComposer composer(ClipModel model, GradEclip gradEclip) {
    Phi phi = model.phi();
    ClipTokenizer tokenizer = model.tokenizer();
    if (phi == null || tokenizer == null) {
      return null;
    }
    QueryComposer queries = new QueryComposer(model.text(), tokenizer.wordPosition());
    return new ReferenceComposer(phi, queries, gradEclip);
  }

  private static ModelFacts facts(ClipModel model, Batching batching, TrunkBatches batches) {
    ClipTokenizer tokenizer = model.tokenizer();
    return new ModelFacts(
        tokenizer == null ? "" : tokenizer.filesSha256(),
        VisionTower.MEAN,
        VisionTower.DEVIATION,
        "vision_model.encoder.layers." + model.vision().trunk().depth() + ".self_attn",
        model.vision().last().heads(),
        ExplainedScore.PSEUDO_WORD_LENGTH,
        ExplainedScore.COSINE,
        TorchEngine.djlVersion(),
        TorchEngine.libtorchVersion(),
        TorchEngine.threads(),
        Map.of(
            "batching",
            batching.name(),
            "batchSizes",
            batches.sizes().toString(),
            "interopThreads",
            Integer.toString(TorchEngine.interopThreads()),
            "cpu",
            System.getProperty("os.arch")));
  }

  private static ModelDescription describe(ClipModelConfig config, ClipModel model, Device device) {
    Path path = config.clip().toAbsolutePath().normalize();
    return new ModelDescription(
        config.name().orElse(String.valueOf(path.getFileName())),
        model.clipSha256(),
        model.phiSha256(),
        config.evalType().configName(),
        model.vision().side(),
        model.vision().patchesPerSide(),
        model.config().dimension(),
        device.isGpu() ? device.toString() : device.getDeviceType(),
        config.precision().configName());
  }
}
