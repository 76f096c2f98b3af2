package dev.heliograph.audit;

import java.io.IOException;
import java.util.Optional;

/**
 * The records that a log names, where they are stored: whether each is as it was sealed, and signed
 * by a key that was trusted then. That a record is in the log says nothing of who made it: a sealer
 * seals what its topic tells. Not thread-safe: it counts.
 */
public final class SealedRecords {
  private final StoredObjects objects;
  private final TrustedKeys trusted;
  private final OriginCheck origin;
  private long unvouched;

  /**
   * @param objects reads records by the URI in their log entry
   */
  public SealedRecords(StoredObjects objects, TrustedKeys trusted) {
    this.objects = objects;
    this.trusted = trusted;
    this.origin = new OriginCheck(trusted);
  }

  /** Only what is wrong: a log may name millions of records. */
  Optional<Check> check(LogEntry entry) {
    String name = entry.uri().toString();
    try {
      Optional<byte[]> bytes = objects.read(entry.uri(), StrictJson.MAX_BYTES + 1);
      if (bytes.isEmpty()) {
        return failed(name, "was removed: the log has it, of query " + entry.queryId());
      }
      return Digests.hex(bytes.get()).equals(entry.sha256())
          ? origin(entry, name, bytes.get())
          : failed(name, "was changed after it was sealed");
    } catch (IOException e) {
      return Optional.of(RecordVerifier.unreadable(Check.Kind.RECORD, name, e));
    } catch (AuditFormatException e) {
      return failed(name, e.getMessage());
    }
  }

  private Optional<Check> origin(LogEntry entry, String name, byte[] bytes) {
    VerificationReport report =
        origin.check(entry.queryId(), name, SignedStatement.parse("record", bytes));
    if (report.verdict() == Verdict.COULD_NOT_CHECK) {
      unvouched++;
    }
    return report.failures().stream().findFirst();
  }

  /** Of all records that nobody vouches for together. */
  Optional<Check> unvouched() {
    String why = trusted.isEmpty() ? "no trusted key was given" : "are unsigned, and say so";
    return unvouched == 0
        ? Optional.empty()
        : Optional.of(
            new Check(Check.Kind.SIGNATURE, unvouched + " records", Verdict.COULD_NOT_CHECK, why));
  }

  private static Optional<Check> failed(String name, String problem) {
    return Optional.of(new Check(Check.Kind.RECORD, name, Verdict.FAILED, problem));
  }
}
