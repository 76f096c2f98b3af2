package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.pipeline.GalleryDescription;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a gallery version is and where it came from.
 *
 * @param featuresSha256 lower-case hex, as all digests here
 * @param explanations what is kept to explain each image's score, if it is
 * @param halves of the features in half precision, if they are kept
 * @param clipModel the model that encoded it, as its user names it
 * @param clipSha256 of the model's weights; empty for an imported database, which does not say
 * @param precision of the arithmetic that encoded it, for example {@code float32}; empty if unknown
 * @param imageRoot {@code file:} folder or {@code s3://bucket/prefix/} that names are paths below
 * @param skipped what was left out, in the folder's order
 * @param createdAt when the work began
 * @param tool name and version of the program
 * @param origin in words: built from which folder, or imported from which file
 */
public record GalleryManifest(
    String name,
    String version,
    int size,
    int dimension,
    String featuresSha256,
    String namesSha256,
    Optional<ExplanationInfo> explanations,
    Optional<HalfInfo> halves,
    String clipModel,
    Optional<String> clipSha256,
    Optional<String> precision,
    PreprocessType preprocess,
    Optional<URI> imageRoot,
    List<SkippedImage> skipped,
    Instant createdAt,
    String tool,
    String origin) {

  static final int MAX_DIMENSION = 4096;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws GalleryException if a value is out of its range
   */
  public GalleryManifest {
    skipped = List.copyOf(skipped);
    try {
      new GalleryReference(name, Optional.of(version));
    } catch (QueryFailedException e) {
      throw new GalleryException(e.getMessage(), e);
    }
    if (size < 1) {
      throw new GalleryException("gallery " + name + " has size " + size + ", expected 1 or more");
    }
    if (dimension < 1 || dimension > MAX_DIMENSION) {
      throw new GalleryException(
          "gallery " + name + " has dimension " + dimension + ", expected 1.." + MAX_DIMENSION);
    }
    if (!SHA256.matcher(featuresSha256).matches() || !SHA256.matcher(namesSha256).matches()) {
      throw new GalleryException("gallery " + name + " has a digest that is not sha256 in hex");
    }
  }

  /** The digest of everything that was made of the images, which identifies the content. */
  public String sha256() {
    return contentSha256(size, dimension, featuresSha256, namesSha256, explanations, halves);
  }

  public GalleryDescription description() {
    return new GalleryDescription(
        name, version, sha256(), size, dimension, clipModel, clipSha256, preprocess, imageRoot);
  }

  static String contentSha256(
      int size,
      int dimension,
      String featuresSha256,
      String namesSha256,
      Optional<ExplanationInfo> explanations,
      Optional<HalfInfo> halves) {
    String text =
        "heliograph gallery 1\n"
            + (size + " " + dimension + "\n")
            + (featuresSha256 + "\n")
            + (namesSha256 + "\n")
            + explanations.map(GalleryManifest::line).orElse("")
            + halves.map(GalleryManifest::line).orElse("");
    return Sha256.hex(Sha256.newDigest().digest(text.getBytes(UTF_8)));
  }

  private static String line(ExplanationInfo info) {
    return "explanations i16 "
        + (info.rows() + " " + info.columns() + " " + info.side() + " ")
        + (info.sha256() + "\n");
  }

  private static String line(HalfInfo info) {
    return "halves f16 " + (Float.toHexString(info.largestError()) + " ") + (info.sha256() + "\n");
  }
}
