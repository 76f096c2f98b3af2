package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks one query's record: that it is that query's, who signed it and when, that every stored
 * object still is what it states, that the log has it, and that the log only grew since. Needs
 * nothing but the files and the keys; nothing is written. Thread-safe.
 */
public final class RecordVerifier {
  private final TrustedKeys trusted;
  private final Optional<LogView> log;
  private final Duration sealingTime;
  private final Clock clock;

  /**
   * @param log empty if none is at hand: then inclusion and consistency could not be checked
   * @param sealingTime how long a record may wait for the sealer; an older one that the log does
   *     not have was removed from it, or never given to it
   */
  public RecordVerifier(
      TrustedKeys trusted, Optional<LogView> log, Duration sealingTime, Clock clock) {
    this.trusted = trusted;
    this.log = log;
    this.sealingTime = sealingTime;
    this.clock = clock;
  }

  /**
   * @param queryId whose record it must be
   * @param record where the record is stored
   * @param objects reads the record and the objects that it names
   * @param earlier a checkpoint that the auditor has kept; if empty, the one that sealed the record
   *     is taken, if the log still has it
   */
  public VerificationReport verify(
      String queryId, URI record, StoredObjects objects, Optional<byte[]> earlier) {
    List<Check> checks = new ArrayList<>();
    String name = fileName(record);
    try {
      Optional<byte[]> envelope = read(record, objects);
      if (envelope.isEmpty()) {
        checks.add(missing(queryId, name));
      } else {
        checkRecord(queryId, name, envelope.get(), objects, earlier, checks);
      }
    } catch (IOException e) {
      checks.add(unreadable(Check.Kind.RECORD, name, e));
    }
    return new VerificationReport(checks);
  }

  private void checkRecord(
      String queryId,
      String name,
      byte[] bytes,
      StoredObjects objects,
      Optional<byte[]> earlier,
      List<Check> checks) {
    Statement statement;
    try {
      DsseEnvelope envelope = DsseEnvelope.parse(name, bytes);
      if (!envelope.payloadType().equals(DsseEnvelope.IN_TOTO)) {
        throw new AuditFormatException(name + ".payloadType: is not " + DsseEnvelope.IN_TOTO);
      }
      statement = Statement.parse(name, envelope.payload());
      checks.add(ofQuery(queryId, name, statement));
      checks.add(new SignatureCheck(trusted).check(name, envelope, statement));
    } catch (AuditFormatException e) {
      checks.add(new Check(Check.Kind.RECORD, name, Verdict.FAILED, e.getMessage()));
      return;
    }
    for (Statement.Subject subject : statement.subjects()) {
      checks.add(object(subject, statement, objects));
    }
    if (log.isEmpty()) {
      checks.add(
          new Check(Check.Kind.INCLUSION, name, Verdict.COULD_NOT_CHECK, "no log was given"));
    } else {
      boolean overdue = statement.recordedAt().plus(sealingTime).isBefore(clock.instant());
      new InclusionCheck(log.get()).check(name, Digests.hex(bytes), overdue, earlier, checks);
    }
  }

  private static Check ofQuery(String queryId, String name, Statement statement) {
    boolean same = statement.queryId().equals(queryId);
    return new Check(
        Check.Kind.RECORD,
        name,
        same ? Verdict.VERIFIED : Verdict.FAILED,
        same
            ? "is the record of query " + queryId + ", " + statement.outcome()
            : "is the record of another query, " + statement.queryId());
  }

  private static Check object(
      Statement.Subject subject, Statement statement, StoredObjects objects) {
    try {
      if (subject.uri().isEmpty()) {
        return requestDigest(subject, statement);
      }
      Optional<InputStream> opened = objects.open(subject.uri().get());
      if (opened.isEmpty()) {
        return objectCheck(subject, Verdict.FAILED, "is missing");
      }
      try (InputStream in = opened.get()) {
        String found = Digests.hex(in);
        return found.equals(subject.sha256())
            ? objectCheck(subject, Verdict.VERIFIED, "sha256 " + found)
            : objectCheck(
                subject,
                Verdict.FAILED,
                "was changed: its sha256 is " + found + ", the record says " + subject.sha256());
      }
    } catch (IOException e) {
      return unreadable(Check.Kind.OBJECT, subject.name(), e);
    }
  }

  private static Check requestDigest(Statement.Subject subject, Statement statement) {
    boolean named = subject.name().equals(Statement.REQUEST_SUBJECT + statement.queryId());
    boolean same = named && statement.requestSha256().equals(subject.sha256());
    return objectCheck(
        subject,
        same ? Verdict.VERIFIED : Verdict.FAILED,
        same ? "is the request in the record" : "is not the request in the record");
  }

  /** There is no record. If the log has one of this query, then it was removed. */
  private Check missing(String queryId, String name) throws IOException {
    if (log.isPresent()) {
      LogView view = log.get();
      Checkpoint checkpoint = view.checkpoint();
      LogTiles tiles = LogTiles.open(view.store(), checkpoint.size(), checkpoint.root());
      Optional<Long> index = view.findQuery(queryId, tiles);
      if (index.isPresent()) {
        return new Check(
            Check.Kind.RECORD,
            name,
            Verdict.FAILED,
            "was removed: entry " + index.get() + " of the log is of query " + queryId);
      }
    }
    return new Check(
        Check.Kind.RECORD, name, Verdict.COULD_NOT_CHECK, "there is no record of " + queryId);
  }

  private static Optional<byte[]> read(URI uri, StoredObjects objects) throws IOException {
    Optional<InputStream> opened = objects.open(uri);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = opened.get()) {
      // One byte more than can be parsed, so that the parser says what is wrong.
      return Optional.of(in.readNBytes(StrictJson.MAX_BYTES + 1));
    }
  }

  private static Check objectCheck(Statement.Subject subject, Verdict verdict, String detail) {
    return new Check(Check.Kind.OBJECT, Text.shorten(subject.name()), verdict, detail);
  }

  /**
   * A log that contradicts itself has failed; a store that does not answer has not been checked.
   */
  static Check unreadable(Check.Kind kind, String object, IOException e) {
    if (e instanceof LogCorruptException corrupt) {
      return new Check(kind, corrupt.object(), Verdict.FAILED, corrupt.problem());
    }
    return new Check(
        kind, Text.shorten(object), Verdict.COULD_NOT_CHECK, "cannot be read: " + e.getMessage());
  }

  private static String fileName(URI uri) {
    return Text.shorten(uri.toString().substring(uri.toString().lastIndexOf('/') + 1));
  }
}
