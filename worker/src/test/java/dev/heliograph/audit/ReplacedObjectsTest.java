package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.QueryOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A later answer under the same id has overwritten an object of the first. */
class ReplacedObjectsTest {
  private static final String ID = "q-1";
  private static final URI DOCUMENT = AuditExamples.uri(ID, "results.json");
  private static final byte[] NEWER = {1, 2, 3};

  private final Map<URI, byte[]> objects = new TreeMap<>(AuditExamples.objects(ID));

  @BeforeEach
  void record() {
    objects.put(AuditExamples.recordUri(ID), AuditExamples.record(ID, AuditExamples.key()));
    objects.put(DOCUMENT, NEWER);
  }

  private static byte[] later(String id, SigningKey... keys) {
    Answer answer = AuditExamples.answer(id);
    Artifact document =
        new Artifact(DOCUMENT, DOCUMENT, Digests.hex(NEWER), NEWER.length, "application/json");
    Answer newer =
        new Answer(
            answer.results(),
            answer.referenceSaliency(),
            answer.warnings(),
            Optional.of(document),
            answer.provenance(),
            answer.timings());
    EncodedObject record =
        new ExplanationRecorder(List.of(keys), CaptionPolicy.CLEAR)
            .record(
                Optional.of(AuditExamples.query(id)),
                new QueryOutcome.Completed(
                    AuditExamples.query(id),
                    newer,
                    AuditExamples.SUBMITTED,
                    AuditExamples.COMPLETED.plusSeconds(9)),
                AuditExamples.context());
    return record.bytes();
  }

  private Check document(String record) {
    return document(record, AuditExamples.reader(objects));
  }

  private static Check document(String record, StoredObjects reader) {
    return new RecordVerifier(
            TrustedKeys.only(AuditExamples.key().publicKey()),
            Optional.empty(),
            Duration.ofHours(24),
            Clock.systemUTC())
            .verify(ID, RecordPlace.stored(AuditExamples.uri(ID, record)), reader, Optional.empty())
            .checks()
            .stream()
            .filter(check -> check.object().equals("results.json"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void theLaterRecordThatStatesWhatIsThereIsNamedThoughANumberIsMissing() {
    objects.put(AuditExamples.uri(ID, "attestation-3.json"), later(ID, AuditExamples.key()));

    Check first = document("attestation.json");

    assertEquals(Verdict.COULD_NOT_CHECK, first.verdict());
    assertTrue(
        first.detail().startsWith("was replaced by the later answer of attestation-3.json"),
        first::toString);
    assertEquals(Verdict.VERIFIED, document("attestation-3.json").verdict());
  }

  @Test
  void aRecordThatNoTrustedKeySignedOrOfAnotherQueryExcusesNothing() {
    URI uri = AuditExamples.uri(ID, "attestation-2.json");
    for (byte[] forged :
        List.of(later(ID), later(ID, SigningKey.generate()), later("q-2", AuditExamples.key()))) {
      objects.put(uri, forged);
      Check check = document("attestation.json");
      assertEquals(Verdict.FAILED, check.verdict());
      assertTrue(check.detail().contains("attestation-2.json states"), check::toString);
    }
    objects.put(uri, new byte[] {'{'});
    assertEquals(Verdict.FAILED, document("attestation.json").verdict());
  }

  @Test
  void bytesThatNoRecordStatesAreChanged() {
    objects.put(AuditExamples.uri(ID, "attestation-2.json"), later(ID, AuditExamples.key()));
    objects.put(DOCUMENT, new byte[] {9});

    assertTrue(document("attestation.json").detail().startsWith("was changed"));
    assertTrue(document("attestation-2.json").detail().startsWith("was changed"));
  }

  @Test
  void aChangeIsFoundThoughLaterRecordsCannotBeListed() {
    StoredObjects unlisted =
        new StoredObjects() {
          @Override
          public Optional<InputStream> open(URI uri) throws IOException {
            return AuditExamples.reader(objects).open(uri);
          }

          @Override
          public List<URI> records(URI folder) throws IOException {
            throw new IOException("access denied");
          }
        };

    Check check = document("attestation.json", unlisted);

    assertEquals(Verdict.FAILED, check.verdict());
    assertTrue(check.detail().startsWith("was changed"), check::toString);
    assertTrue(check.detail().endsWith("access denied"), check::toString);
  }

  @Test
  void anEarlierRecordReplacesNothing() {
    objects.put(AuditExamples.uri(ID, "attestation-2.json"), later(ID, AuditExamples.key()));
    objects.put(DOCUMENT, AuditExamples.objects(ID).get(DOCUMENT));

    assertEquals(Verdict.FAILED, document("attestation-2.json").verdict());
    assertEquals(Verdict.VERIFIED, document("attestation.json").verdict());
  }

  /**
   * Its worker died between storing and publishing it, and the query ended otherwise after that.
   */
  @Test
  void aRecordThatWasNeverPublishedIsNoForgeryIfALaterOneSaysHowTheQueryEnded() throws IOException {
    MemoryLogStore log = new MemoryLogStore();
    byte[] newer = later(ID, AuditExamples.key());
    URI second = AuditExamples.uri(ID, "attestation-2.json");
    LogExamples.seal(log, List.of(LogEntry.of(ID, second, newer)));

    assertEquals(Verdict.FAILED, inclusion(log).verdict());
    objects.put(second, later(ID, SigningKey.generate()));
    assertEquals(Verdict.FAILED, inclusion(log).verdict());
    objects.put(second, newer);
    assertEquals(Verdict.COULD_NOT_CHECK, inclusion(log).verdict());
    assertTrue(
        inclusion(log).detail().contains("attestation-2.json states"), inclusion(log)::toString);
  }

  private Check inclusion(LogStore log) {
    return new RecordVerifier(
            TrustedKeys.only(AuditExamples.key().publicKey()),
            Optional.of(LogExamples.view(log)),
            Duration.ofHours(24),
            Clock.fixed(AuditExamples.COMPLETED.plus(Duration.ofDays(2)), ZoneOffset.UTC))
            .verify(
                ID,
                RecordPlace.stored(AuditExamples.recordUri(ID)),
                AuditExamples.reader(objects),
                Optional.empty())
            .checks()
            .stream()
            .filter(check -> check.kind() == Check.Kind.INCLUSION)
            .findFirst()
            .orElseThrow();
  }

  /** Who may write to the store can bring an earlier answer back, record and all. */
  @Test
  void anEarlierRecordUnderALaterNumberReplacesNothing() {
    objects.put(AuditExamples.uri(ID, "attestation-2.json"), later(ID, AuditExamples.key()));
    objects.put(DOCUMENT, AuditExamples.objects(ID).get(DOCUMENT));
    objects.put(
        AuditExamples.uri(ID, "attestation-3.json"), objects.get(AuditExamples.recordUri(ID)));

    assertEquals(Verdict.FAILED, document("attestation-2.json").verdict());
  }
}
