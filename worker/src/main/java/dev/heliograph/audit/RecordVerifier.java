package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.io.IOException;
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
   * @param place where the record is
   * @param objects reads the record and the objects that it names
   * @param earlier a checkpoint that the auditor has kept; if empty, the one that sealed the record
   *     is taken, if the log still has it
   */
  public VerificationReport verify(
      String queryId, RecordPlace place, StoredObjects objects, Optional<byte[]> earlier) {
    List<Check> checks = new ArrayList<>();
    try {
      // One byte more than can be parsed, so that the parser says what is wrong.
      Optional<byte[]> record = objects.read(place.uri(), StrictJson.MAX_BYTES + 1);
      if (record.isEmpty()) {
        checks.add(missing(queryId, place));
      } else {
        checkRecord(queryId, place, record.get(), objects, earlier, checks);
      }
    } catch (IOException e) {
      checks.add(unreadable(Check.Kind.RECORD, place.name(), e));
    }
    return new VerificationReport(checks);
  }

  private void checkRecord(
      String queryId,
      RecordPlace place,
      byte[] bytes,
      StoredObjects objects,
      Optional<byte[]> earlier,
      List<Check> checks) {
    String name = place.name();
    OriginCheck origin = new OriginCheck(trusted);
    Statement statement;
    try {
      SignedStatement record = SignedStatement.parse(name, bytes);
      statement = record.statement();
      checks.addAll(origin.check(queryId, name, record).checks());
    } catch (AuditFormatException e) {
      checks.add(new Check(Check.Kind.RECORD, name, Verdict.FAILED, e.getMessage()));
      return;
    }
    ObjectsCheck objectsCheck = new ObjectsCheck(place, statement, objects, origin);
    checks.addAll(objectsCheck.check());
    if (log.isEmpty()) {
      checks.add(
          new Check(
              Check.Kind.INCLUSION,
              name,
              Verdict.COULD_NOT_CHECK,
              "no log, or no verifier key of it, was given"));
    } else {
      boolean overdue = statement.recordedAt().isBefore(clock.instant().minus(sealingTime));
      InclusionCheck.Wanted wanted =
          new InclusionCheck.Wanted(
              place, statement.queryId(), Digests.hex(bytes), overdue, later(objectsCheck));
      new InclusionCheck(log.get()).check(wanted, earlier, checks);
    }
  }

  /** None if it cannot be told: then an overdue record has no excuse. */
  private static Optional<String> later(ObjectsCheck objects) {
    try {
      return objects.genuineLater();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** There is no record. If the log has one that belongs here, then it was removed. */
  private Check missing(String queryId, RecordPlace place) throws IOException {
    List<LogEntry> logged = log.isPresent() ? log.get().records(queryId) : List.of();
    return logged.stream()
        .filter(entry -> place.mayBe(entry.uri()))
        .findFirst()
        .map(
            entry ->
                missing(
                    place,
                    Verdict.FAILED,
                    "was removed: the log has it, of query "
                        + queryId
                        + ", sha256 "
                        + entry.sha256()))
        .orElseGet(
            () -> missing(place, Verdict.COULD_NOT_CHECK, "there is no record of " + queryId));
  }

  private static Check missing(RecordPlace place, Verdict verdict, String detail) {
    return new Check(Check.Kind.RECORD, place.name(), verdict, detail);
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
}
