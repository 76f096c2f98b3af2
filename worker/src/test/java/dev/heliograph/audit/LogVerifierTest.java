package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogVerifierTest {
  private final MemoryLogStore log = new MemoryLogStore();
  private final Map<URI, byte[]> records = new HashMap<>();

  private TrustedKeys trusted = TrustedKeys.only(AuditExamples.key().publicKey());

  @BeforeEach
  void seal() throws IOException {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      entries.add(stored("q" + i, AuditExamples.record("q" + i, AuditExamples.key())));
    }
    LogExamples.seal(log, entries);
  }

  private static URI uri(String id) {
    return URI.create("s3://artifacts/" + id + "/attestation.json");
  }

  private LogEntry stored(String id, byte[] record) {
    records.put(uri(id), record);
    return LogEntry.of(id, uri(id), record);
  }

  private Optional<SealedRecords> atHand() {
    return Optional.of(new SealedRecords(AuditExamples.reader(records), trusted));
  }

  private VerificationReport verify() {
    return new LogVerifier(LogExamples.view(log)).verify(Optional.empty(), atHand());
  }

  private static List<String> failed(VerificationReport report) {
    return report.failures().stream().map(Check::object).toList();
  }

  @Test
  void verifiesAWholeLogAndItsRecords() throws IOException {
    byte[] earlier = log.files.get("checkpoint");
    LogExamples.seal(
        log, List.of(stored("more", AuditExamples.record("more", AuditExamples.key()))));

    VerificationReport report =
        new LogVerifier(LogExamples.view(log)).verify(Optional.of(earlier), atHand());

    assertEquals(Verdict.VERIFIED, report.verdict());
    assertEquals(3, report.checks().size());
  }

  @Test
  void namesARemovedAndAChangedRecord() {
    records.remove(uri("q7"));
    records.put(uri("q599"), new byte[1]);

    assertEquals(
        List.of("s3://artifacts/q7/attestation.json", "s3://artifacts/q599/attestation.json"),
        failed(verify()));
  }

  @Test
  void namesEveryTileAndBundleThatWasRewrittenOrRemoved() {
    log.files.put("tile/0/000", new byte[256 * Hash.BYTES]);
    log.files.remove("tile/entries/001");
    log.files.put("tile/entries/002.p/88", new byte[] {0, 9});

    assertEquals(
        List.of("tile/0/000", "tile/entries/001", "tile/entries/002.p/88"), failed(verify()));
  }

  @Test
  void stopsWhenTooMuchIsWrong() {
    records.clear();

    assertEquals(99, verify().failures().size());
    assertEquals(101, verify().checks().size());
  }

  @Test
  void namesAMissingCheckpoint() {
    log.files.remove("checkpoint");

    assertEquals(List.of("checkpoint"), failed(verify()));
  }

  /** A sealer seals what its topic tells, and anybody may be able to write to that. */
  @Test
  void namesASealedRecordThatNoTrustedKeySignedOrThatIsNone() throws IOException {
    LogExamples.seal(
        log,
        List.of(
            stored("unsigned", AuditExamples.record("unsigned")),
            stored("forged", AuditExamples.record("forged", SigningKey.generate())),
            stored("other", AuditExamples.record("another", AuditExamples.key())),
            stored("rubbish", new byte[] {'{'})));

    assertEquals(
        List.of("unsigned", "forged", "other", "rubbish").stream()
            .map(id -> uri(id).toString())
            .toList(),
        failed(verify()));
  }

  @Test
  void withoutATrustedKeyNobodyVouchesForRecords() {
    trusted = new TrustedKeys(List.of());

    VerificationReport report = verify();

    assertEquals(Verdict.COULD_NOT_CHECK, report.verdict());
    assertEquals(
        "COULD_NOT_CHECK SIGNATURE 600 records: no trusted key was given",
        report.checks().get(report.checks().size() - 1).toString());
  }
}
