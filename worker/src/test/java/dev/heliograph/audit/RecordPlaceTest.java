package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One query id used below two prefixes: neither record may stand for the other. */
class RecordPlaceTest {
  private static final String ID = "q-1";
  private static final URI HERE = AuditExamples.recordUri(ID);
  private static final URI FILE = URI.create("file:///records/attestation.json");

  private final MemoryLogStore log = new MemoryLogStore();
  private final Map<URI, byte[]> objects = new TreeMap<>(AuditExamples.objects(ID));

  private Verdict verify(RecordPlace place) {
    byte[] record = AuditExamples.record(ID, AuditExamples.key());
    objects.put(place.uri(), record);
    return new RecordVerifier(
            TrustedKeys.only(AuditExamples.key().publicKey()),
            Optional.of(LogExamples.view(log)),
            Duration.ofHours(24),
            Clock.systemUTC())
        .verify(ID, place, AuditExamples.reader(objects), Optional.empty())
        .verdict();
  }

  private void seal(String queryId, URI uri) throws IOException {
    byte[] record = AuditExamples.record(ID, AuditExamples.key());
    LogExamples.seal(log, List.of(LogEntry.of(queryId, uri, record)));
  }

  @Test
  void aRecordBelowAnotherPrefixOrInAnotherBucketIsNotTheOneTheLogHas() throws IOException {
    seal(ID, HERE);

    assertEquals(Verdict.VERIFIED, verify(RecordPlace.stored(HERE)));
    for (String other :
        List.of(
            "s3://artifacts/elsewhere/q-1/attestation.json",
            "s3://copies/2026/11/23/q-1/attestation.json",
            "s3://artifacts/q-1/attestation.json")) {
      assertEquals(Verdict.FAILED, verify(RecordPlace.stored(URI.create(other))), other);
    }
  }

  @Test
  void ofADownloadedRecordAsMuchIsComparedAsIsKnown() throws IOException {
    seal(ID, HERE);

    for (List<String> same :
        List.of(
            List.of("attestation.json"),
            List.of("23", ID, "attestation.json"),
            List.of("2026", "11", "23", ID, "attestation.json"),
            List.of("my-copy", "2026", "11", "23", ID, "attestation.json"))) {
      assertEquals(Verdict.VERIFIED, verify(RecordPlace.downloaded(FILE, same)), same::toString);
    }
    for (List<String> other :
        List.of(
            List.of("attestation-2.json"),
            List.of("elsewhere", ID, "attestation.json"),
            List.of("2025", "11", "23", ID, "attestation.json"))) {
      assertEquals(Verdict.FAILED, verify(RecordPlace.downloaded(FILE, other)), other::toString);
    }
  }

  @Test
  void anEntryOfAnotherQueryIsNotThisRecords() throws IOException {
    seal("q-2", HERE);

    assertEquals(Verdict.FAILED, verify(RecordPlace.stored(HERE)));
  }

  @Test
  void onlyNamesThatWorkersGiveAreRecords() {
    assertEquals(1, RecordNames.number("attestation.json").orElseThrow());
    assertEquals(12, RecordNames.number("attestation-12.json").orElseThrow());
    for (String name : List.of("attestation-1.json", "attestation-02.json", "attestation", "x")) {
      assertTrue(RecordNames.number(name).isEmpty(), name);
    }
    assertFalse(RecordNames.number("attestation-999999999.json").isEmpty());
    assertTrue(RecordNames.number("attestation-9999999999.json").isEmpty());
  }
}
