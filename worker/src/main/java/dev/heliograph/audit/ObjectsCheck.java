package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the stored objects still are what one record states of them. An object can have been
 * overwritten honestly, by a later query under the same id or a redelivery that ended otherwise:
 * then a later record of the query states what is there now, and is named. Not thread-safe.
 */
final class ObjectsCheck {
  private final RecordPlace place;
  private final Statement statement;
  private final StoredObjects objects;
  private final OriginCheck origin;
  private @Nullable List<Later> later;

  /**
   * A record that came after: by its number, and by its own time, for anybody who may write to the
   * store can copy an earlier one to a later number.
   *
   * @param verdict on its origin
   */
  private record Later(String name, Statement statement, Verdict verdict) {
    boolean states(URI uri, String sha256) {
      return statement.subjects().stream()
          .anyMatch(
              subject -> subject.uri().equals(Optional.of(uri)) && subject.sha256().equals(sha256));
    }
  }

  ObjectsCheck(RecordPlace place, Statement statement, StoredObjects objects, OriginCheck origin) {
    this.place = place;
    this.statement = statement;
    this.objects = objects;
    this.origin = origin;
  }

  List<Check> check() {
    List<Check> checks = new ArrayList<>();
    for (Statement.Subject subject : statement.subjects()) {
      checks.add(check(subject));
    }
    return checks;
  }

  private Check check(Statement.Subject subject) {
    if (subject.uri().isEmpty()) {
      return requestDigest(subject);
    }
    URI uri = subject.uri().get();
    try {
      Optional<InputStream> opened = objects.open(uri);
      if (opened.isEmpty()) {
        return check(subject, Verdict.FAILED, "is missing");
      }
      try (InputStream in = opened.get()) {
        String found = Digests.hex(in);
        return found.equals(subject.sha256())
            ? check(subject, Verdict.VERIFIED, "sha256 " + found)
            : changed(subject, uri, found);
      }
    } catch (IOException e) {
      return RecordVerifier.unreadable(Check.Kind.OBJECT, subject.name(), e);
    }
  }

  private Check requestDigest(Statement.Subject subject) {
    boolean named = subject.name().equals(Statement.REQUEST_SUBJECT + statement.queryId());
    boolean same = named && statement.requestSha256().equals(subject.sha256());
    return check(
        subject,
        same ? Verdict.VERIFIED : Verdict.FAILED,
        same ? "is the request in the record" : "is not the request in the record");
  }

  /** Only a record by a trusted key excuses a change: anybody could have written another. */
  private Check changed(Statement.Subject subject, URI uri, String found) {
    String digests = "its sha256 is " + found + ", the record says " + subject.sha256();
    Optional<Later> by;
    try {
      by = later().stream().filter(record -> record.states(uri, found)).findFirst();
    } catch (IOException e) {
      digests += "; whether a later record states that cannot be read: " + e.getMessage();
      by = Optional.empty();
    }
    if (by.isEmpty()) {
      return check(subject, Verdict.FAILED, "was changed: " + digests);
    }
    return by.get().verdict() == Verdict.VERIFIED
        ? check(
            subject,
            Verdict.COULD_NOT_CHECK,
            "was replaced by the later answer of " + by.get().name() + ": " + digests)
        : check(
            subject,
            Verdict.FAILED,
            "was changed: "
                + digests
                + "; "
                + by.get().name()
                + " states what is there, but no trusted key vouches for it");
  }

  /** A record that came after, and that is genuine. */
  Optional<String> genuineLater() throws IOException {
    return later().stream()
        .filter(record -> record.verdict() == Verdict.VERIFIED)
        .map(Later::name)
        .findFirst();
  }

  private List<Later> later() throws IOException {
    List<Later> found = later;
    if (found == null) {
      found = new ArrayList<>();
      int own = RecordNames.number(place.uri()).orElse(1);
      for (URI uri : objects.records(place.uri().resolve("."))) {
        if (RecordNames.number(uri).orElse(0) > own) {
          read(uri).ifPresent(found::add);
        }
      }
      later = found;
    }
    return found;
  }

  private Optional<Later> read(URI uri) throws IOException {
    String name = RecordPlace.stored(uri).name();
    Optional<byte[]> bytes = objects.read(uri, StrictJson.MAX_BYTES + 1);
    try {
      return bytes
          .map(record -> SignedStatement.parse(name, record))
          .filter(record -> !record.statement().recordedAt().isBefore(statement.recordedAt()))
          .map(
              record ->
                  new Later(
                      name,
                      record.statement(),
                      origin.check(statement.queryId(), name, record).verdict()));
    } catch (AuditFormatException e) {
      return Optional.empty(); // it is no record, and is told when it is verified itself
    }
  }

  private static Check check(Statement.Subject subject, Verdict verdict, String detail) {
    return new Check(Check.Kind.OBJECT, Text.shorten(subject.name()), verdict, detail);
  }
}
