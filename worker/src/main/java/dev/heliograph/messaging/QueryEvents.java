package dev.heliograph.messaging;

import dev.heliograph.events.ImageLocation;
import dev.heliograph.events.InlineImage;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventClasses;
import dev.heliograph.query.Addresses;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.query.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** QueryRequested events to queries and back. */
public final class QueryEvents {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

  static {
    EventClasses.trust();
  }

  private QueryEvents() {}

  /**
   * The part that says whom to answer, whatever else is wrong.
   *
   * @throws QueryFailedException with MALFORMED_EVENT if the queryId is unusable
   */
  static QueryHeader header(QueryRequested event) {
    return new QueryHeader(event.getQueryId(), event.getSubmittedAt(), event.getAttributes());
  }

  /**
   * @throws QueryFailedException with INVALID_QUERY, naming the field, the value and the limit;
   *     with MALFORMED_EVENT if the queryId is unusable
   */
  public static Query toQuery(QueryRequested event) {
    QueryHeader header = header(event);
    Instant submittedAt = header.submittedAt();
    if (submittedAt.isBefore(Instant.EPOCH) || !submittedAt.isBefore(YEAR_10000)) {
      throw invalid("submittedAt: " + submittedAt + " is not in the years 1970 to 9999");
    }
    return new Query(
        header,
        GalleryReference.parse(event.getGallery()),
        reference(event.getReference()),
        event.getCaptions(),
        event.getTopK(),
        saliency(event.getSaliency()),
        artifacts(event.getArtifacts()),
        Optional.ofNullable(event.getDeadline()));
  }

  private static ReferenceImage reference(Object reference) {
    if (reference instanceof ImageLocation located) {
      return new ReferenceImage.Located(
          uri(located.getUri()), Optional.ofNullable(located.getSha256()).map(QueryEvents::sha256));
    }
    if (reference instanceof InlineImage inline) {
      ByteBuffer buffer = inline.getBytes().duplicate();
      if (!buffer.hasRemaining()) {
        throw invalid("reference.bytes: is empty");
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return new ReferenceImage.Inline(bytes, inline.getMediaType());
    }
    throw new AssertionError(reference);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "reference.uri: \""
              + Text.shorten(Addresses.withoutCredentials(text))
              + "\" is not a URI",
          e);
    }
  }

  private static String sha256(String text) {
    if (!SHA256.matcher(text).matches()) {
      throw invalid(
          "reference.sha256: \"" + Text.shorten(text) + "\" is not 64 lower-case hex digits");
    }
    return text;
  }

  private static SaliencyRequest saliency(dev.heliograph.events.SaliencyRequest event) {
    return new SaliencyRequest(
        event.getReference(),
        event.getMaxCandidates(),
        SaliencyMethod.valueOf(event.getMethod().name()));
  }

  private static ArtifactRequest artifacts(dev.heliograph.events.ArtifactRequest event) {
    return new ArtifactRequest(
        HeatmapFormat.valueOf(event.getHeatmap().name()),
        ArrayFormat.valueOf(event.getArray().name()),
        Optional.ofNullable(event.getPrefix()));
  }

  /** The event that asks for this query; {@link #toQuery} of it equals the query. */
  public static QueryRequested toEvent(Query query) {
    return QueryRequested.newBuilder()
        .setQueryId(query.queryId())
        .setGallery(query.gallery().toString())
        .setReference(referenceEvent(query.reference()))
        .setCaptions(query.captions())
        .setTopK(query.topK())
        .setSaliency(
            new dev.heliograph.events.SaliencyRequest(
                query.saliency().reference(),
                query.saliency().maxCandidates(),
                dev.heliograph.events.SaliencyMethod.valueOf(query.saliency().method().name())))
        .setArtifacts(
            new dev.heliograph.events.ArtifactRequest(
                dev.heliograph.events.HeatmapFormat.valueOf(query.artifacts().heatmap().name()),
                dev.heliograph.events.ArrayFormat.valueOf(query.artifacts().array().name()),
                query.artifacts().prefix().orElse(null)))
        .setSubmittedAt(query.header().submittedAt())
        .setDeadline(query.deadline().orElse(null))
        .setAttributes(query.header().attributes())
        .build();
  }

  private static Object referenceEvent(ReferenceImage reference) {
    if (reference instanceof ReferenceImage.Located located) {
      return new ImageLocation(located.uri().toString(), located.sha256().orElse(null));
    }
    if (reference instanceof ReferenceImage.Inline inline) {
      return new InlineImage(ByteBuffer.wrap(inline.bytes()), inline.mediaType());
    }
    throw new AssertionError(reference);
  }

  private static QueryFailedException invalid(String message) {
    return new QueryFailedException(FailureCode.INVALID_QUERY, message);
  }
}
