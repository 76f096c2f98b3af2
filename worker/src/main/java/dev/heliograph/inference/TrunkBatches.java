package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many images go through the trunk at once, and whether they stay together behind it.
 *
 * <p>A matrix product may add in another order when it has more rows: math libraries choose their
 * kernels by shape. With the ~50 and more rows of an image they mostly do not; with the single row
 * of CLS they do. So, to be {@link Batching#REPRODUCIBLE}, images share the trunk only in sizes for
 * which one block gave the very bits of single images on this machine (which kernel is chosen
 * depends on shapes, not on values), and go on alone behind it.
 *
 * @param sizes that are allowed, largest first, ending with 1
 * @param together whether a trunk's batch stays together in the last block, phi and text
 */
record TrunkBatches(List<Integer> sizes, boolean together) {
  private static final Logger LOG = LoggerFactory.getLogger(TrunkBatches.class);

  /** Bounds the memory of a pass, not the caller's batch. */
  private static final int LARGEST = 64;

  private static final int[] TRIED = {8, 4, 2};

  static TrunkBatches of(Batching batching, VisionTower vision, NDManager model) {
    return batching == Batching.FASTEST
        ? fastest()
        : TorchEngine.compute(() -> reproducible(vision, model));
  }

  static TrunkBatches fastest() {
    List<Integer> sizes = new ArrayList<>();
    for (int size = LARGEST; size >= 1; size--) {
      sizes.add(size);
    }
    return new TrunkBatches(List.copyOf(sizes), true);
  }

  /** Tries the sizes on random images. */
  static TrunkBatches reproducible(VisionTower vision, NDManager model) {
    VisionTower oneBlock = vision.withFirstBlock();
    int largest = TRIED[0];
    float[] pixels = randomPixels(largest, vision.side());
    int length = pixels.length / largest;
    List<float[]> alone = new ArrayList<>();
    for (int i = 0; i < largest; i++) {
      float[] image = Arrays.copyOfRange(pixels, i * length, (i + 1) * length);
      alone.add(trunk(oneBlock, model, image, 1)[0]);
    }
    List<Integer> sizes = new ArrayList<>();
    for (int size : TRIED) {
      float[] images = Arrays.copyOf(pixels, size * length);
      float[][] together = trunk(oneBlock, model, images, size);
      if (Arrays.deepEquals(together, alone.subList(0, size).toArray(new float[0][]))) {
        sizes.add(size);
      }
    }
    sizes.add(1);
    LOG.debug("images share the trunk in batches of {}", sizes);
    return new TrunkBatches(List.copyOf(sizes), false);
  }

  /** The sizes of the passes for so many images; their sum. */
  List<Integer> split(int images) {
    List<Integer> passes = new ArrayList<>();
    int left = images;
    for (int size : sizes) {
      while (left >= size) {
        passes.add(size);
        left -= size;
      }
    }
    return passes;
  }

  private static float[][] trunk(VisionTower vision, NDManager model, float[] pixels, int images) {
    try (NDManager manager = model.newSubManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      Shape shape = new Shape(images, 3, vision.side(), vision.side());
      NDArray hidden = vision.trunk(manager.create(pixels, shape));
      return Vectors.rows(hidden);
    }
  }

  private static float[] randomPixels(int images, int side) {
    Random random = new Random(1);
    float[] pixels = new float[images * 3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }
}
