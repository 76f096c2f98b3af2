package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A log whose checkpoint is older than its other files, not there yet, or gone. */
class LogHistoryTest {
  private static final String ID = "q-1";

  private final MemoryLogStore log = new MemoryLogStore();
  private final Map<URI, byte[]> objects = new TreeMap<>(AuditExamples.objects(ID));
  private Instant now = AuditExamples.COMPLETED.plusSeconds(60);

  /** Three batches; the record is in the second. */
  private void sealThree() throws IOException {
    LogExamples.seal(log, LogExamples.entries(0, 5));
    LogExamples.seal(log, List.of(entry()));
    LogExamples.seal(log, LogExamples.entries(5, 9));
  }

  private LogEntry entry() {
    URI uri = AuditExamples.recordUri(ID);
    objects.put(uri, AuditExamples.record(ID, AuditExamples.key()));
    return LogEntry.of(ID, uri, objects.get(uri));
  }

  private VerificationReport whole(Optional<byte[]> earlier) {
    return new LogVerifier(LogExamples.view(log)).verify(earlier, Optional.empty());
  }

  private VerificationReport record(Optional<byte[]> earlier) {
    entry();
    return new RecordVerifier(
            TrustedKeys.only(AuditExamples.key().publicKey()),
            Optional.of(LogExamples.view(log)),
            Duration.ofHours(24),
            Clock.fixed(now, ZoneOffset.UTC))
        .verify(
            ID,
            RecordPlace.stored(AuditExamples.recordUri(ID)),
            AuditExamples.reader(objects),
            earlier);
  }

  private static void assertFailed(VerificationReport report, String problem) {
    assertEquals(Verdict.FAILED, report.verdict(), () -> report.checks().toString());
    assertTrue(
        report.failures().stream()
            .anyMatch(c -> c.object().equals("checkpoint") && c.detail().contains(problem)),
        () -> report.checks().toString());
  }

  private void rollBackTo(String kept) {
    log.files.put("checkpoint", log.files.get(kept));
  }

  @Test
  void aLogThatOnlyGrewHasNothingLater() throws IOException {
    sealThree();

    assertEquals(Verdict.VERIFIED, whole(Optional.empty()).verdict());
    assertEquals(Verdict.VERIFIED, record(Optional.empty()).verdict());
  }

  @Test
  void namesALogThatWasRolledBackToACheckpointOfItsOwn() throws IOException {
    sealThree();
    rollBackTo("checkpoints/005");

    assertFailed(whole(Optional.empty()), "rolled back: it signs 5 entries");
    assertFailed(record(Optional.empty()), "checkpoints/010 signs 10");
  }

  /** The state of a sealer that was killed just before it published is the same. */
  @Test
  void aLogThatIsOneBatchBehindWhatItSignedIsNotVerified() throws IOException {
    sealThree();
    rollBackTo("checkpoints/006");

    assertEquals(Verdict.COULD_NOT_CHECK, whole(Optional.empty()).verdict());
    assertEquals(Verdict.COULD_NOT_CHECK, record(Optional.empty()).verdict());
    LogExamples.seal(log, List.of());
    assertEquals(Verdict.VERIFIED, record(Optional.empty()).verdict());
  }

  @Test
  void aSealerThatWorksWhileItIsLookedAtIsNoRollBack() throws IOException {
    LogExamples.seal(log, LogExamples.entries(0, 5));
    Checkpoint then = LogExamples.view(log).checkpoint().orElseThrow();
    LogExamples.seal(log, LogExamples.entries(5, 6));
    byte[] between = log.files.get("checkpoint");
    LogExamples.seal(log, LogExamples.entries(6, 9));

    LogHistory history = new LogHistory(LogExamples.view(log));
    assertEquals(Optional.empty(), history.later(then, OptionalLong.empty()));

    log.files.put("checkpoint", between); // the last one is kept, and being published
    Check check = history.later(then, OptionalLong.empty()).orElseThrow();
    assertEquals(Verdict.COULD_NOT_CHECK, check.verdict(), check::toString);
  }

  @Test
  void aBatchThatIsBeingSealedIsNothingLater() throws IOException {
    sealThree();
    log.files.put("staging/010", log.files.get("staging/005"));

    assertEquals(Verdict.VERIFIED, record(Optional.empty()).verdict());
  }

  @Test
  void namesARollBackByWhatWasLeftThoughKeptOrStagedFilesAreGone() throws IOException {
    sealThree();
    rollBackTo("checkpoints/005");
    log.files.remove("checkpoints/006");
    log.files.remove("checkpoints/010");
    assertFailed(whole(Optional.empty()), "staging/006 follows 6");

    log.files.clear();
    sealThree();
    rollBackTo("checkpoints/005");
    log.files.remove("staging/005");
    assertEquals(Verdict.VERIFIED, whole(Optional.empty()).verdict());
    assertFailed(record(Optional.empty()), "checkpoints/006 signs 6"); // by its index
  }

  @Test
  void anIndexThatNamesAnImpossibleCheckpointIsNotBelieved() throws IOException {
    sealThree();
    String index = LogFiles.index(entry().sha256());
    for (String position : List.of("5 5\n", "5 3\n", "5 11\n", "5 999\n")) {
      log.files.put(index, position.getBytes(StandardCharsets.US_ASCII));

      VerificationReport report = record(Optional.empty());

      assertEquals(Verdict.COULD_NOT_CHECK, report.verdict(), position + report.checks());
      assertTrue(report.checks().toString().contains("no earlier checkpoint"), position);
    }
  }

  @Test
  void aKeptCheckpointUnderTheNameOfAnotherIsNamed() throws IOException {
    sealThree();
    log.files.put("checkpoints/006", log.files.get("checkpoints/005"));

    VerificationReport report = record(Optional.empty());

    assertEquals(
        List.of("checkpoints/006"), report.failures().stream().map(Check::object).toList());
  }

  @Test
  void aLogInWhichNothingIsSealedYetIsNotCalledWrong() throws IOException {
    assertEquals(Verdict.COULD_NOT_CHECK, whole(Optional.empty()).verdict());
    VerificationReport report = record(Optional.empty());
    assertEquals(Verdict.COULD_NOT_CHECK, report.verdict());
    assertTrue(report.checks().toString().contains("not sealed yet"), report.checks()::toString);
    assertEquals(List.of(), LogExamples.view(log).records(ID));

    log.putIfAbsent("staging/000", EntryBundle.write(List.of(entry().toBytes())));
    assertEquals(Verdict.COULD_NOT_CHECK, record(Optional.empty()).verdict());

    now = AuditExamples.COMPLETED.plusSeconds(48 * 3600);
    assertEquals(Verdict.FAILED, record(Optional.empty()).verdict());
  }

  @Test
  void namesALogThatLostItsCheckpoint() throws IOException {
    sealThree();
    byte[] kept = log.files.remove("checkpoint");

    assertFailed(whole(Optional.empty()), "checkpoints/005");
    assertFailed(record(Optional.empty()), "was sealed");
    assertThrows(LogCorruptException.class, () -> LogExamples.view(log).records(ID));
    log.files.remove("staging/000");
    assertFailed(record(Optional.empty()), "checkpoints/006");
    log.files.clear();
    assertFailed(whole(Optional.of(kept)), "is missing: the log had 10 entries");
    assertFailed(record(Optional.of(kept)), "is missing: the log had 10 entries");

    LogExamples.seal(log, LogExamples.entries(0, 300));
    log.files.keySet().removeIf(path -> !path.startsWith("tile/"));
    assertFailed(whole(Optional.empty()), "tile/0/000");
  }
}
