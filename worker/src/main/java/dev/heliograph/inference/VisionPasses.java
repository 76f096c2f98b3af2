package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import dev.heliograph.query.QueryFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes batches of images through the vision tower, and every array of a pass to its end with it.
 *
 * @param model the manager that the passes' own are below
 */
record VisionPasses(NDManager model, VisionTower vision, TrunkBatches batches) {

  /** Brings images to the device: (B, 3, S, S), normalised. */
  interface Input<Q> {
    NDArray pixels(NDManager manager, List<Q> images);
  }

  /** What is done with images whose last block is open; results are plain values. */
  interface Work<Q, R> {
    List<R> results(NDManager manager, List<Q> images, LastBlock.Opened opened);
  }

  /**
   * @return one result for each element of the batch, in order
   * @throws QueryFailedException with DEVICE_OUT_OF_MEMORY
   */
  <Q, R> List<R> run(List<Q> batch, Input<Q> input, Work<Q, R> work) {
    List<R> results = new ArrayList<>();
    int next = 0;
    for (int size : batches.split(batch.size())) {
      List<Q> pass = batch.subList(next, next + size);
      results.addAll(
          TorchEngine.compute(
              () -> {
                try (NDManager manager = model.newSubManager();
                    NDScope scope = new NDScope()) {
                  scope.suppressNotUsedWarning();
                  return pass(manager, pass, input, work);
                }
              }));
      next += size;
    }
    return results;
  }

  private <Q, R> List<R> pass(NDManager manager, List<Q> images, Input<Q> input, Work<Q, R> work) {
    NDArray hidden = vision.trunk(input.pixels(manager, images));
    if (batches.together()) {
      return work.results(manager, images, vision.open(hidden));
    }
    List<R> results = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      int index = i;
      results.addAll(
          scoped(
              () -> {
                NDArray one = hidden.get("{}:{}", index, index + 1);
                return work.results(manager, images.subList(index, index + 1), vision.open(one));
              }));
    }
    return results;
  }

  private static <T> T scoped(Supplier<T> step) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      return step.get();
    }
  }
}
