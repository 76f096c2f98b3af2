package dev.heliograph.audit;

import dev.heliograph.query.Addresses;
import dev.heliograph.query.Failure;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.ReferenceImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is stated of one query: an in-toto Statement v1 whose subjects are the stored objects and
 * whose predicate says what was asked, what computed it and what was answered. As canonical JSON:
 * the same values give the same bytes.
 *
 * <p>The first subject is the request itself, by the digest of the predicate's {@code request} as
 * canonical JSON: a statement needs a subject, and a failed query may have stored nothing. Links
 * that expire, such as presigned URLs, are not recorded.
 */
final class ExplanationRecord {
  static final String PREDICATE_TYPE = "https://heliograph.dev/explanation/v1";

  private final Map<String, Object> predicate = new TreeMap<>();
  private final List<Object> subjects = new ArrayList<>();
  private final CaptionPolicy captions;

  private ExplanationRecord(CaptionPolicy captions) {
    this.captions = captions;
  }

  /**
   * The statement's bytes, ready to be signed.
   *
   * @param query empty if it could not be understood beyond its header
   * @param keyIds of the keys that will sign; with none, the record says that it is unsigned
   */
  static byte[] compose(
      Optional<Query> query,
      QueryOutcome outcome,
      AuditContext context,
      CaptionPolicy captions,
      List<String> keyIds) {
    ExplanationRecord record = new ExplanationRecord(captions);
    record.request(query, outcome.header(), context);
    EngineJson.write(context, captions, record.predicate);
    record.outcome(outcome, context.engine());
    record.predicate.put(
        "signing",
        Map.of("state", keyIds.isEmpty() ? "UNSIGNED" : "SIGNED", "keyIds", List.copyOf(keyIds)));
    return CanonicalJson.write(
        Map.of(
            "_type",
            Statement.TYPE,
            "subject",
            record.subjects,
            "predicateType",
            PREDICATE_TYPE,
            "predicate",
            record.predicate));
  }

  private void request(Optional<Query> query, QueryHeader header, AuditContext context) {
    Map<String, Object> request = new TreeMap<>();
    request.put("queryId", header.queryId());
    request.put("submittedAt", header.submittedAt().toString());
    request.put("attributes", header.attributes());
    query.ifPresent(asked -> asked(request, asked));
    predicate.put("request", request);
    subjects.add(
        Map.of(
            "name",
            Statement.REQUEST_SUBJECT + header.queryId(),
            "digest",
            Map.of("sha256", Digests.hex(CanonicalJson.write(request)))));

    Map<String, Object> delivery = new TreeMap<>();
    delivery.put("attempt", context.evidence().attempts());
    context
        .delivery()
        .ifPresent(
            event -> {
              delivery.put("topic", event.topic());
              delivery.put("partition", event.partition());
              delivery.put("offset", event.offset());
              event.sha256().ifPresent(sha256 -> delivery.put("eventSha256", sha256));
            });
    predicate.put("delivery", delivery);
  }

  private void asked(Map<String, Object> request, Query query) {
    request.put("gallery", query.gallery().toString());
    request.put("captions", captions(query.captions()));
    request.put("reference", reference(query.reference()));
    request.put("topK", query.topK());
    request.put(
        "saliency",
        Map.of(
            "reference",
            query.saliency().reference(),
            "maxCandidates",
            query.saliency().maxCandidates(),
            "method",
            query.saliency().method().name()));
    Map<String, Object> artifacts = new TreeMap<>();
    artifacts.put("heatmap", query.artifacts().heatmap().name());
    artifacts.put("array", query.artifacts().array().name());
    query.artifacts().prefix().ifPresent(prefix -> artifacts.put("prefix", prefix));
    request.put("artifacts", artifacts);
    query.deadline().ifPresent(deadline -> request.put("deadline", deadline.toString()));
  }

  private Map<String, Object> captions(List<String> texts) {
    if (captions == CaptionPolicy.CLEAR) {
      return Map.of("text", texts);
    }
    return Map.of(
        "sha256",
        texts.stream().map(text -> Digests.hex(text.getBytes(StandardCharsets.UTF_8))).toList());
  }

  private static Map<String, Object> reference(ReferenceImage reference) {
    Map<String, Object> asked = new TreeMap<>();
    if (reference instanceof ReferenceImage.Located located) {
      String place = Addresses.withoutCredentials(located.uri());
      asked.put("uri", place);
      if (!place.equals(located.uri().toString())) {
        asked.put("uriShortened", true);
      }
      located.sha256().ifPresent(sha256 -> asked.put("statedSha256", sha256));
    } else if (reference instanceof ReferenceImage.Inline inline) {
      asked.put("inlineSha256", Digests.hex(inline.bytes()));
      asked.put("mediaType", inline.mediaType());
    } else {
      throw new AssertionError(reference);
    }
    return asked;
  }

  private void outcome(QueryOutcome outcome, AuditContext.Engine engine) {
    Map<String, Object> times = new TreeMap<>();
    times.put("startedAt", outcome.startedAt().toString());
    times.put("completedAt", outcome.completedAt().toString());
    predicate.put("times", times);
    if (outcome instanceof QueryOutcome.Completed completed) {
      predicate.put("outcome", "COMPLETED");
      times.put("stageMillis", completed.answer().timings());
      AnswerJson.write(completed.answer(), engine.search(), predicate, subjects);
    } else if (outcome instanceof QueryOutcome.Failed failed) {
      predicate.put("outcome", "FAILED");
      predicate.put("failure", failure(failed.failure()));
    } else if (outcome instanceof QueryOutcome.Expired expired) {
      predicate.put("outcome", "EXPIRED");
      predicate.put("failure", failure(expired.failure()));
    } else if (outcome instanceof QueryOutcome.Cancelled cancelled) {
      predicate.put("outcome", "CANCELLED");
      predicate.put("failure", failure(cancelled.failure()));
    } else {
      throw new AssertionError(outcome);
    }
  }

  private static Map<String, Object> failure(Failure failure) {
    return Map.of(
        "code",
        failure.code().name(),
        "message",
        failure.message(),
        "attempts",
        failure.attempts());
  }
}
