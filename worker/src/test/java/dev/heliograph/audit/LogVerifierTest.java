package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogVerifierTest {
  private final MemoryLogStore log = new MemoryLogStore();
  private final Map<URI, byte[]> records = new HashMap<>();

  @BeforeEach
  void seal() throws IOException {
    LogExamples.seal(log, LogExamples.entries(0, 600));
    for (int i = 0; i < 600; i++) {
      records.put(LogExamples.entry(i).uri(), ("record " + i).getBytes(StandardCharsets.UTF_8));
    }
  }

  private VerificationReport verify() {
    return new LogVerifier(LogExamples.view(log))
        .verify(Optional.empty(), Optional.of(AuditExamples.reader(records)));
  }

  private static List<String> failed(VerificationReport report) {
    return report.failures().stream().map(Check::object).toList();
  }

  @Test
  void verifiesAWholeLogAndItsRecords() throws IOException {
    byte[] earlier = log.files.get("checkpoint");
    LogExamples.seal(log, LogExamples.entries(0, 600));

    VerificationReport report =
        new LogVerifier(LogExamples.view(log))
            .verify(Optional.of(earlier), Optional.of(AuditExamples.reader(records)));

    assertEquals(Verdict.VERIFIED, report.verdict());
    assertEquals(3, report.checks().size());
  }

  @Test
  void namesARemovedAndAChangedRecord() {
    records.remove(LogExamples.entry(7).uri());
    records.put(LogExamples.entry(599).uri(), new byte[1]);

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
}
