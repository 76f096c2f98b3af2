package dev.heliograph.query;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Query} from what differs from the defaults. Not thread-safe. */
public final class QueryBuilder {
  private final String queryId;
  private @Nullable GalleryReference gallery;
  private @Nullable ReferenceImage reference;
  private List<String> captions = List.of();
  private int topK = Query.DEFAULT_TOP_K;
  private SaliencyRequest saliency = SaliencyRequest.DEFAULT;
  private ArtifactRequest artifacts = ArtifactRequest.DEFAULT;
  private @Nullable Instant submittedAt;
  private @Nullable Instant deadline;
  private Map<String, String> attributes = Map.of();

  QueryBuilder(String queryId) {
    this.queryId = queryId;
  }

  /** {@code name} for the current version, or {@code name@version}. */
  public QueryBuilder gallery(String nameAndVersion) {
    this.gallery = GalleryReference.parse(nameAndVersion);
    return this;
  }

  /** The reference image itself; the array is handed over. */
  public QueryBuilder reference(byte[] bytes, String mediaType) {
    this.reference = new ReferenceImage.Inline(bytes, mediaType);
    return this;
  }

  /** The reference image in an allowed bucket. */
  public QueryBuilder reference(URI uri) {
    this.reference = new ReferenceImage.Located(uri, Optional.empty());
    return this;
  }

  /** One relative caption, or two as in FashionIQ. */
  public QueryBuilder captions(String... captions) {
    this.captions = List.of(captions);
    return this;
  }

  public QueryBuilder topK(int topK) {
    this.topK = topK;
    return this;
  }

  public QueryBuilder saliency(SaliencyRequest saliency) {
    this.saliency = saliency;
    return this;
  }

  public QueryBuilder artifacts(ArtifactRequest artifacts) {
    this.artifacts = artifacts;
    return this;
  }

  /** Now, if not set. Its UTC date is the default key prefix. */
  public QueryBuilder submittedAt(Instant submittedAt) {
    this.submittedAt = submittedAt;
    return this;
  }

  public QueryBuilder deadline(Instant deadline) {
    this.deadline = deadline;
    return this;
  }

  public QueryBuilder attributes(Map<String, String> attributes) {
    this.attributes = attributes;
    return this;
  }

  /**
   * The query, checked.
   *
   * @throws QueryFailedException with INVALID_QUERY, naming the field, the value and the limit
   */
  public Query build() {
    Instant submitted = submittedAt == null ? Instant.now() : submittedAt;
    return new Query(
        new QueryHeader(queryId, submitted, attributes),
        Objects.requireNonNull(gallery, "gallery"),
        Objects.requireNonNull(reference, "reference"),
        captions,
        topK,
        saliency,
        artifacts,
        Optional.ofNullable(deadline));
  }
}
