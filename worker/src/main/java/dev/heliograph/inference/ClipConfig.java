package dev.heliograph.inference;

/**
 * The shape of a CLIP model.
 *
 * @param imageSize S, pixels per side of the input
 * @param contextLength tokens of a prompt, start and end included
 * @param endToken the id at which a prompt's feature is read
 * @param dimension D of the joint space, {@code projection_dim}
 */
record ClipConfig(
    TowerConfig vision,
    TowerConfig text,
    int imageSize,
    int patchSize,
    int contextLength,
    int vocabularySize,
    int endToken,
    int dimension) {

  long patches() {
    long perSide = imageSize / patchSize;
    return perSide * perSide;
  }
}
