package dev.heliograph.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A parsed in-toto Statement v1 with Heliograph's explanation predicate. Parsing says nothing about
 * truth: see {@link RecordVerifier}.
 */
public final class Statement {
  public static final String TYPE = "https://in-toto.io/Statement/v1";
  public static final String PREDICATE_TYPE = ExplanationRecord.PREDICATE_TYPE;

  /** The name of the subject that is the request itself begins so; the query id follows. */
  static final String REQUEST_SUBJECT = "urn:heliograph:request:";

  private static final int MAX_SUBJECTS = 10_000;

  /**
   * Something the statement is about.
   *
   * @param uri where it is stored; empty for the request itself
   * @param sha256 lower-case hex
   */
  public record Subject(String name, Optional<URI> uri, String sha256) {}

  private final List<Subject> subjects;
  private final StrictJson predicate;
  private final String requestSha256;

  private Statement(List<Subject> subjects, StrictJson predicate) {
    this.subjects = List.copyOf(subjects);
    this.predicate = predicate;
    this.requestSha256 = Digests.hex(CanonicalJson.write(predicate.object("request").plain()));
  }

  /**
   * @param name of the document, for messages
   * @throws AuditFormatException if the bytes are not a statement of this kind
   */
  public static Statement parse(String name, byte[] json) {
    StrictJson root = StrictJson.parse(name, json);
    expect(root, name, "_type", TYPE);
    expect(root, name, "predicateType", PREDICATE_TYPE);
    List<StrictJson> entries = root.array("subject");
    if (entries.isEmpty() || entries.size() > MAX_SUBJECTS) {
      throw new AuditFormatException(
          name + ".subject: " + entries.size() + " entries are not in 1.." + MAX_SUBJECTS);
    }
    List<Subject> subjects = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (StrictJson entry : entries) {
      Subject subject = subject(entry);
      if (!names.add(subject.uri().map(URI::toString).orElse(subject.name()))) {
        throw entry.wrong("a new subject: it is listed twice");
      }
      subjects.add(subject);
    }
    Statement statement = new Statement(subjects, root.object("predicate"));
    statement.checkPredicate();
    return statement;
  }

  private static void expect(StrictJson root, String name, String field, String expected) {
    if (!root.text(field).equals(expected)) {
      throw new AuditFormatException(name + "." + field + ": is not " + expected);
    }
  }

  private static Subject subject(StrictJson entry) {
    String sha256 = entry.object("digest").text("sha256");
    if (!Digests.isHex(sha256)) {
      throw entry.wrong("a subject with a sha256 of 64 lower-case hex digits");
    }
    Optional<URI> uri =
        entry
            .optional("uri")
            .map(
                value -> {
                  try {
                    return new URI(value.text());
                  } catch (URISyntaxException e) {
                    throw value.wrong("a URI");
                  }
                });
    return new Subject(entry.text("name"), uri, sha256);
  }

  private void checkPredicate() {
    queryId();
    outcome();
    recordedAt();
    keyIds();
  }

  public List<Subject> subjects() {
    return subjects;
  }

  /** For {@code audit show} and the like. Not to be written to. */
  public JsonNode predicate() {
    return predicate.node();
  }

  StrictJson strictPredicate() {
    return predicate;
  }

  public String queryId() {
    return predicate.object("request").text("queryId");
  }

  /** Of the request as the predicate states it, as canonical JSON. */
  String requestSha256() {
    return requestSha256;
  }

  /** COMPLETED, FAILED, EXPIRED or CANCELLED. */
  public String outcome() {
    return predicate.text("outcome");
  }

  boolean isCompleted() {
    return outcome().equals("COMPLETED");
  }

  /** When the query was done and its record signed, by the worker's clock. */
  public Instant recordedAt() {
    String text = predicate.object("times").text("completedAt");
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw predicate.wrong("a predicate whose times.completedAt is a time");
    }
  }

  /** Of the keys that the record says it was signed with; none if it says it is unsigned. */
  public List<String> keyIds() {
    return predicate.object("signing").array("keyIds").stream().map(StrictJson::text).toList();
  }
}
