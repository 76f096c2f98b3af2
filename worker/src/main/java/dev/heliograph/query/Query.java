package dev.heliograph.query;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A composed image retrieval query: "this reference image, but {relative caption}".
 *
 * @param captions one, or two as in FashionIQ: both orders are composed and averaged
 * @param topK how many results, 1 to 1000
 */
public record Query(
    QueryHeader header,
    GalleryReference gallery,
    ReferenceImage reference,
    List<String> captions,
    int topK,
    SaliencyRequest saliency,
    ArtifactRequest artifacts,
    Optional<Instant> deadline) {

  public static final int DEFAULT_TOP_K = 10;
  public static final int MAX_TOP_K = 1000;

  /** Far over what 77 tokens can hold; keeps a hostile caption away from the tokenizer. */
  public static final int MAX_CAPTION_LENGTH = 4096;

  /**
   * @throws QueryFailedException with INVALID_QUERY, naming the field, the value and the limit
   */
  public Query {
    Objects.requireNonNull(header, "header");
    Objects.requireNonNull(gallery, "gallery");
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(saliency, "saliency");
    Objects.requireNonNull(artifacts, "artifacts");
    Objects.requireNonNull(deadline, "deadline");
    captions = List.copyOf(captions);
    if (captions.isEmpty() || captions.size() > 2) {
      throw invalid("captions: " + captions.size() + " given, 1 or 2 are needed");
    }
    for (int i = 0; i < captions.size(); i++) {
      String caption = captions.get(i);
      if (caption.isBlank()) {
        throw invalid("captions[" + i + "]: is empty");
      }
      if (caption.length() > MAX_CAPTION_LENGTH) {
        throw invalid(
            "captions[" + i + "]: " + caption.length() + " characters, the limit is 4096");
      }
    }
    if (topK < 1 || topK > MAX_TOP_K) {
      throw invalid("topK: " + topK + " is not in 1.." + MAX_TOP_K);
    }
  }

  /** A query with every default; what is needed is a gallery, a reference and a caption. */
  public static QueryBuilder builder(String queryId) {
    return new QueryBuilder(queryId);
  }

  public String queryId() {
    return header.queryId();
  }

  private static QueryFailedException invalid(String message) {
    return new QueryFailedException(FailureCode.INVALID_QUERY, message);
  }
}
