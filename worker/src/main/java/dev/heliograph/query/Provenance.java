package dev.heliograph.query;

/**
 * Everything an auditor needs to name what computed an answer. Digests are lower-case hex sha256.
 */
public record Provenance(
    String clipModel,
    String clipSha256,
    String phiSha256,
    String evalType,
    PreprocessType preprocess,
    String gallery,
    String galleryVersion,
    String gallerySha256,
    int gallerySize,
    String worker,
    String workerVersion,
    String device,
    String precision) {}
