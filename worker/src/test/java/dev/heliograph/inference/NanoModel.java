package dev.heliograph.inference;

import ai.djl.ndarray.NDManager;
import dev.heliograph.testing.Golden;
import java.util.OptionalInt;

/** The towers of one of the golden data's smallest models, which have no tokenizer. */
record NanoModel(NDManager manager, ClipConfig config, VisionTower vision, TextTower text)
    implements AutoCloseable {

  static NanoModel open(String path) {
    return of(ClipFiles.read(Golden.path(path)));
  }

  static NanoModel of(ClipFiles files) {
    NDManager manager = TorchEngine.start(OptionalInt.of(1)).newBaseManager();
    Weights weights = new Weights(files.weightFile(), files.tensors(), manager);
    ClipWeights towers = new ClipWeights(weights, files.config(), BlockTrunk::of);
    return new NanoModel(manager, files.config(), towers.vision(), towers.text());
  }

  @Override
  public void close() {
    manager.close();
  }
}
