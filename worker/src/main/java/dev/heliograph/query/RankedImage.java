package dev.heliograph.query;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One result.
 *
 * @param rank from 1
 * @param similarity cosine with the composed query, in [-1, 1]
 */
public record RankedImage(
    int rank,
    String imageName,
    Optional<URI> imageUri,
    float similarity,
    Optional<Saliency> saliency) {
  public RankedImage {
    Objects.requireNonNull(imageName, "imageName");
    Objects.requireNonNull(imageUri, "imageUri");
    Objects.requireNonNull(saliency, "saliency");
    if (rank < 1) {
      throw new IllegalArgumentException("rank: " + rank + " is below 1");
    }
  }

  /** The same result with a reason. */
  public RankedImage withSaliency(Saliency value) {
    return new RankedImage(rank, imageName, imageUri, similarity, Optional.of(value));
  }

  RankedImage withArtifacts(UnaryOperator<Artifact> change) {
    return new RankedImage(
        rank, imageName, imageUri, similarity, saliency.map(s -> s.withArtifacts(change)));
  }
}
