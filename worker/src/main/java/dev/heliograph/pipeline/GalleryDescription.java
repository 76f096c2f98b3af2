package dev.heliograph.pipeline;

import dev.heliograph.query.PreprocessType;
import java.net.URI;
import java.util.Optional;

/**
 * What a gallery version is.
 *
 * @param sha256 of the whole version: features and names
 * @param clipSha256 of the weights that encoded it, empty if unknown (an imported database)
 * @param imageRoot {@code file:} folder or {@code s3://bucket/prefix/} that image names are below
 */
public record GalleryDescription(
    String name,
    String version,
    String sha256,
    int size,
    int dimension,
    String clipModel,
    Optional<String> clipSha256,
    PreprocessType preprocess,
    Optional<URI> imageRoot) {}
