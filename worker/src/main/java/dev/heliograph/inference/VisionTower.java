package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * CLIP's vision transformer, split where an explanation needs it: a trunk, and a last block that is
 * opened at its attention. S is the side of the input in pixels, P that of a patch.
 *
 * @param patchEmbedding 3PP to W, without bias: a convolution of stride P, as one product
 * @param classEmbedding (W)
 * @param positionEmbedding (1 + N, W)
 */
record VisionTower(
    int side,
    int patchSize,
    Linear patchEmbedding,
    NDArray classEmbedding,
    NDArray positionEmbedding,
    LayerNorm preNorm,
    Trunk trunk,
    LastBlock last) {

  /** CLIP's own, of RGB in [0, 1]; in the digits that CLIP's authors published. */
  @SuppressWarnings("FloatingPointLiteralPrecision")
  static final List<Float> MEAN = List.of(0.48145466f, 0.4578275f, 0.40821073f);

  @SuppressWarnings("FloatingPointLiteralPrecision")
  static final List<Float> DEVIATION = List.of(0.26862954f, 0.26130258f, 0.27577711f);

  int patchesPerSide() {
    return side / patchSize;
  }

  /** The same tower with only its first block and the last; shares all weights. */
  VisionTower withFirstBlock() {
    return new VisionTower(
        side,
        patchSize,
        patchEmbedding,
        classEmbedding,
        positionEmbedding,
        preNorm,
        trunk.firstBlock(),
        last);
  }

  /**
   * Brings pixels to the device and normalises them there.
   *
   * @param rgb 8-bit, interleaved, B × S × S × 3
   * @return (B, 3, S, S)
   */
  NDArray normalise(NDManager manager, ByteBuffer rgb, int images) {
    NDArray bytes = manager.create(rgb, new Shape(images, side, side, 3), DataType.UINT8);
    NDArray unit = bytes.toType(DataType.FLOAT32, false).divi(255);
    return unit.subi(perChannel(manager, MEAN))
        .divi(perChannel(manager, DEVIATION))
        .transpose(0, 3, 1, 2);
  }

  /**
   * The hidden state before the last block.
   *
   * @param pixels (B, 3, S, S), normalised
   * @return (B, 1 + N, W), the only array that outlives the call, in the manager of the pixels
   */
  NDArray trunk(NDArray pixels) {
    return trunk.forward(embed(pixels), null);
  }

  /** Opens the last block at CLS. */
  LastBlock.Opened open(NDArray hidden) {
    return last.open(hidden, hidden.get(":, 0"));
  }

  /** (B, 1 + N, W): CLS, then the patches row by row. */
  NDArray embed(NDArray pixels) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      long batch = pixels.getShape().get(0);
      int n = patchesPerSide();
      NDArray patches =
          pixels
              .reshape(batch, 3, n, patchSize, n, patchSize)
              .transpose(0, 2, 4, 1, 3, 5)
              .reshape(batch, (long) n * n, 3L * patchSize * patchSize);
      // The receiver decides where results belong: this one belongs to the pixels' manager.
      NDArray zeros = pixels.getManager().zeros(new Shape(batch, 1, patchEmbedding.outputs()));
      NDArray tokens = zeros.addi(classEmbedding).concat(patchEmbedding.forward(patches), 1);
      NDArray result = preNorm.forward(tokens.addi(positionEmbedding));
      NDScope.unregister(result);
      return result;
    }
  }

  private static NDArray perChannel(NDManager manager, List<Float> values) {
    return manager.create(new float[] {values.get(0), values.get(1), values.get(2)});
  }
}
