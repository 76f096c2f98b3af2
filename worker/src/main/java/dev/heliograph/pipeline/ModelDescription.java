package dev.heliograph.pipeline;

/**
 * What a loaded model is. Digests are lower-case hex sha256 of the weight files.
 *
 * @param clipModel name, for example {@code ViT-B/32} or the folder's name
 * @param phiSha256 empty where no phi is loaded (a model that only encodes images)
 * @param evalType {@code searle}, {@code searle-xl} or {@code phi}
 * @param side pixels per side of the input
 * @param patchesPerSide rows and columns of a saliency grid
 * @param dimension length of a feature in the joint space
 * @param device as DJL names it, for example {@code cpu} or {@code gpu(0)}
 * @param precision of the arithmetic, for example {@code float32}
 */
public record ModelDescription(
    String clipModel,
    String clipSha256,
    String phiSha256,
    String evalType,
    int side,
    int patchesPerSide,
    int dimension,
    String device,
    String precision) {}
