package dev.heliograph.inference;

import ai.djl.ndarray.NDManager;
import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.FileDigest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A CLIP with its phi and tokenizer, loaded. Without phi there is no query to compose: then the
 * tokenizer may be missing too.
 *
 * @param weights owns every weight; closed with the model
 */
record ClipModel(
    NDManager weights,
    ClipConfig config,
    VisionTower vision,
    TextTower text,
    @Nullable Phi phi,
    @Nullable ClipTokenizer tokenizer,
    String clipSha256,
    String phiSha256)
    implements AutoCloseable {

  /**
   * @param weights open and empty; closed if loading fails
   * @throws ModelFileException if the files are missing, damaged, or do not fit each other
   */
  static ClipModel load(ClipModelConfig paths, NDManager weights) {
    Precision precision = paths.precision();
    return load(
        paths,
        weights,
        precision == Precision.FLOAT32 && weights.getDevice().isGpu()
            ? BlockTrunk::of
            : blocks -> ScriptTrunk.of(blocks, precision, weights));
  }

  static ClipModel load(ClipModelConfig paths, NDManager weights, Trunk.Maker trunks) {
    Optional<Path> phiFile = paths.phi();
    @Nullable ClipTokenizer tokenizer = null;
    try {
      ClipFiles files = ClipFiles.read(paths.clip());
      CompletableFuture<String> clipSha256 =
          CompletableFuture.supplyAsync(() -> FileDigest.sha256(files.weightFile()));
      ClipConfig config = files.config();
      phiFile.ifPresent(file -> paths.evalType().check(config));
      @Nullable Phi phi = phiFile.map(file -> PhiFile.read(file, config, weights)).orElse(null);
      if (phi != null || TokenizerFiles.existIn(files.folder())) {
        tokenizer = ClipTokenizer.open(files.folder(), config);
      }
      ClipWeights towers =
          new ClipWeights(
              new Weights(files.weightFile(), files.tensors(), weights), config, trunks);
      return new ClipModel(
          weights,
          config,
          towers.vision(),
          towers.text(),
          phi,
          tokenizer,
          joined(clipSha256),
          phiFile.map(FileDigest::sha256).orElse(""));
    } catch (RuntimeException | Error e) {
      if (tokenizer != null) {
        tokenizer.close();
      }
      weights.close();
      if (e instanceof CheckpointException) {
        throw new ModelFileException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  /** What was computed alongside, or its exception. */
  private static String joined(CompletableFuture<String> digest) {
    try {
      return digest.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
    weights.close();
  }
}
