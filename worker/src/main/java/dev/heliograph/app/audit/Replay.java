package dev.heliograph.app.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.audit.Digests;
import dev.heliograph.audit.RecordedExplanation;
import dev.heliograph.audit.ReplayComparison;
import dev.heliograph.audit.ReplayReport;
import dev.heliograph.audit.Statement;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.messaging.AttestationFinder;
import dev.heliograph.query.Answer;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.ReferenceImage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes recorded queries again. What a record only names (an image that came in the event,
 * captions as digests) is taken from what the auditor gives, else from the query's event, if Kafka
 * still has it.
 */
public final class Replay {
  private final Heliograph engine;
  private final Optional<AttestationFinder> published;
  private final Given given;

  /**
   * What the auditor brings along.
   *
   * @param reference the image's bytes
   * @param captions empty: as recorded
   */
  public record Given(Optional<byte[]> reference, List<String> captions) {
    public static final Given NOTHING = new Given(Optional.empty(), List.of());
  }

  /**
   * @param engine with the recorded weights and galleries, and a place for artifacts; stays the
   *     caller's
   */
  public Replay(Heliograph engine, Optional<AttestationFinder> published, Given given) {
    this.engine = engine;
    this.published = published;
    this.given = given;
  }

  /**
   * @throws dev.heliograph.audit.AuditFormatException if the record lacks what it must have
   */
  public ReplayReport replay(Statement statement) {
    return ReplayComparison.replay(statement, recorded -> recompute(statement, recorded));
  }

  private Answer recompute(Statement statement, RecordedExplanation recorded) {
    @Nullable Query event =
        needsEvent(recorded) ? event(statement.predicate().path("delivery")) : null;
    return engine.answer(
        recorded.query(captions(statement, recorded, event), reference(recorded, event)));
  }

  private boolean needsEvent(RecordedExplanation recorded) {
    boolean captions = recorded.captions().isEmpty() && given.captions().isEmpty();
    boolean image = recorded.referenceUri().isEmpty() || recorded.referenceUriShortened();
    return captions || (image && given.reference().isEmpty());
  }

  private @Nullable Query event(JsonNode delivery) {
    return published
        .filter(kafka -> delivery.has("topic"))
        .flatMap(
            kafka ->
                kafka.query(
                    delivery.path("topic").asText(),
                    delivery.path("partition").asInt(),
                    delivery.path("offset").asLong()))
        .orElse(null);
  }

  private List<String> captions(
      Statement statement, RecordedExplanation recorded, @Nullable Query event) {
    if (!given.captions().isEmpty()) {
      requireRecorded(given.captions(), statement.predicate().at("/request/captions"));
      return given.captions();
    }
    return recorded
        .captions()
        .or(() -> Optional.ofNullable(event).map(Query::captions))
        .orElseThrow(
            () -> missing("the record has only the captions' digests; give them (--caption)"));
  }

  /** Other words are another question: their answer says nothing of the recorded one. */
  private static void requireRecorded(List<String> captions, JsonNode recorded) {
    boolean clear = recorded.has("text");
    List<String> expected = new ArrayList<>();
    recorded.path(clear ? "text" : "sha256").forEach(value -> expected.add(value.asText()));
    List<String> found =
        clear
            ? captions
            : captions.stream().map(text -> Digests.hex(text.getBytes(UTF_8))).toList();
    if (!found.equals(expected)) {
      throw missing("the captions that were given are not the recorded ones");
    }
  }

  private ReferenceImage reference(RecordedExplanation recorded, @Nullable Query event) {
    if (given.reference().isPresent()) {
      return inline(recorded, given.reference().get());
    }
    if (recorded.referenceUri().isPresent()) {
      return new ReferenceImage.Located(
          address(recorded, event), Optional.of(recorded.referenceSha256()));
    }
    if (event != null && event.reference() instanceof ReferenceImage.Inline image) {
      return inline(recorded, image.bytes());
    }
    throw missing("the reference came inside the event, which is gone; give it (--reference)");
  }

  /** Whatever is found there must have the recorded digest. */
  private static URI address(RecordedExplanation recorded, @Nullable Query event) {
    URI place = recorded.referenceUri().orElseThrow();
    if (!recorded.referenceUriShortened()) {
      return place;
    }
    if (event != null && event.reference() instanceof ReferenceImage.Located located) {
      return located.uri();
    }
    if ("s3".equals(place.getScheme())) {
      return place;
    }
    throw missing(
        "the reference's address had parts that could be credentials, which are not recorded, and"
            + " its event is gone; give the image (--reference)");
  }

  private static ReferenceImage inline(RecordedExplanation recorded, byte[] bytes) {
    String sha256 = Digests.hex(bytes);
    if (!sha256.equals(recorded.referenceSha256())) {
      throw missing(
          "the reference that was given has sha256 "
              + sha256
              + ", the recorded one has "
              + recorded.referenceSha256());
    }
    return new ReferenceImage.Inline(bytes, "application/octet-stream");
  }

  private static QueryFailedException missing(String what) {
    return new QueryFailedException(FailureCode.REFERENCE_NOT_FOUND, what);
  }
}
