package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to tamper, and the object that the verifier names. */
class RecordVerifierTest {
  private static final String ID = "q-1";
  private static final String RECORD = "attestation.json";

  private final SigningKey key = AuditExamples.key();
  private final Map<URI, byte[]> objects = new TreeMap<>();
  private final MemoryLogStore log = new MemoryLogStore();
  private TrustedKeys trusted = TrustedKeys.only(key.publicKey());
  private Instant now = AuditExamples.COMPLETED.plusSeconds(3600 * 48);

  @TempDir Path folder;

  @BeforeEach
  void recordAndSeal() throws IOException {
    objects.putAll(AuditExamples.objects(ID));
    objects.put(AuditExamples.recordUri(ID), AuditExamples.record(ID, key));
    List<LogEntry> entries = new ArrayList<>(LogExamples.entries(0, 300));
    entries.add(entry());
    LogExamples.seal(log, entries);
    LogExamples.seal(log, LogExamples.entries(300, 600));
  }

  private LogEntry entry() {
    URI uri = AuditExamples.recordUri(ID);
    return LogEntry.of(ID, uri, objects.get(uri));
  }

  private static RecordPlace place(String name) {
    return RecordPlace.stored(AuditExamples.uri(ID, name));
  }

  private VerificationReport verify() {
    return verify(Optional.empty());
  }

  private VerificationReport verify(Optional<byte[]> earlier) {
    return new RecordVerifier(
            trusted,
            Optional.of(LogExamples.view(log)),
            Duration.ofHours(24),
            Clock.fixed(now, ZoneOffset.UTC))
        .verify(ID, place(RECORD), AuditExamples.reader(objects), earlier);
  }

  private static void assertFailed(VerificationReport report, Check.Kind kind, String object) {
    assertEquals(Verdict.FAILED, report.verdict());
    assertTrue(
        report.failures().stream()
            .anyMatch(check -> check.kind() == kind && check.object().equals(object)),
        () -> report.checks().toString());
  }

  private void flip(URI uri, int at) {
    byte[] bytes = objects.get(uri).clone();
    bytes[at] ^= 1;
    objects.put(uri, bytes);
  }

  private void flip(String path) {
    byte[] bytes = log.files.get(path).clone();
    bytes[bytes.length / 2] ^= 1;
    log.files.put(path, bytes);
  }

  /** Changes the statement and leaves the signatures as they were. */
  private void rewriteRecord(String from, String to) {
    URI uri = AuditExamples.recordUri(ID);
    DsseEnvelope envelope = DsseEnvelope.parse("record", objects.get(uri));
    String payload = new String(envelope.payload(), StandardCharsets.UTF_8);
    assertTrue(payload.contains(from), payload);
    byte[] changed = payload.replace(from, to).getBytes(StandardCharsets.UTF_8);
    objects.put(
        uri, new DsseEnvelope(envelope.payloadType(), changed, envelope.signatures()).toBytes());
  }

  @Test
  void verifiesAnUntouchedRecord() {
    VerificationReport report = verify();

    assertEquals(Verdict.VERIFIED, report.verdict(), () -> report.checks().toString());
    assertEquals(0, report.verdict().exitCode());
    // record, signature, request, 5 objects, inclusion, consistency
    assertEquals(10, report.checks().size());
  }

  @Test
  void verifiesOfflineFromDownloadedFolders() throws IOException {
    Path query = Files.createDirectories(folder.resolve("q"));
    Path logFolder = folder.resolve("log");
    for (Map.Entry<URI, byte[]> object : objects.entrySet()) {
      Files.write(
          query.resolve(Path.of(object.getKey().getPath()).getFileName()), object.getValue());
    }
    for (Map.Entry<String, byte[]> file : log.files.entrySet()) {
      Files.createDirectories(logFolder.resolve(file.getKey()).getParent());
      Files.write(logFolder.resolve(file.getKey()), file.getValue());
    }
    RecordVerifier verifier =
        new RecordVerifier(
            trusted,
            Optional.of(LogExamples.view(new FolderLogStore(logFolder))),
            Duration.ofHours(24),
            Clock.fixed(now, ZoneOffset.UTC));

    VerificationReport report =
        verifier.verify(ID, place(RECORD), StoredObjects.ofQueryFolder(query), Optional.empty());

    assertEquals(Verdict.VERIFIED, report.verdict(), () -> report.checks().toString());
  }

  @Test
  void namesAPngOrNpyWithOneByteChangedOrMissing() {
    flip(AuditExamples.uri(ID, "result_1_heatmap_dress.png"), 3);
    flip(AuditExamples.uri(ID, "reference_saliency.npy"), 0);
    objects.remove(AuditExamples.uri(ID, "results.json"));

    VerificationReport report = verify();

    assertFailed(report, Check.Kind.OBJECT, "result_1_heatmap_dress.png");
    assertFailed(report, Check.Kind.OBJECT, "reference_saliency.npy");
    assertFailed(report, Check.Kind.OBJECT, "results.json");
    assertEquals(3, report.failures().size());
  }

  @Test
  void namesSwappedObjects() {
    URI one = AuditExamples.uri(ID, "result_1_heatmap_dress.png");
    URI two = AuditExamples.uri(ID, "reference_heatmap.png");
    byte[] bytes = objects.get(one);
    objects.put(one, objects.get(two));
    objects.put(two, bytes);

    assertFailed(verify(), Check.Kind.OBJECT, "result_1_heatmap_dress.png");
    assertFailed(verify(), Check.Kind.OBJECT, "reference_heatmap.png");
  }

  @Test
  void namesTheRecordWithAChangedScore() {
    rewriteRecord("\"similarity\":0.29}", "\"similarity\":0.39}");

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
    assertFailed(verify(), Check.Kind.INCLUSION, RECORD);
  }

  @Test
  void namesTheRecordWithASwappedResult() {
    rewriteRecord("\"image\":\"skirt.jpg\"", "\"image\":\"shirt.jpg\"");

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
  }

  @Test
  void namesTheRequestThatWasChanged() {
    rewriteRecord("long", "short");

    assertFailed(verify(), Check.Kind.OBJECT, "urn:heliograph:request:" + ID);
  }

  @Test
  void namesTheRecordOfAnotherQueryInThisOnesPlace() throws IOException {
    URI uri = AuditExamples.recordUri(ID);
    objects.put(uri, AuditExamples.record("q-2", key));
    LogExamples.seal(log, List.of(LogEntry.of("q-2", uri, objects.get(uri))));

    assertFailed(verify(), Check.Kind.RECORD, RECORD);
  }

  @Test
  void namesARecordThatWasRemoved() {
    objects.remove(AuditExamples.recordUri(ID));

    assertFailed(verify(), Check.Kind.RECORD, RECORD);
    assertTrue(verify().failures().get(0).detail().startsWith("was removed"));
  }

  @Test
  void namesARecordInThePlaceOfAnotherOfTheSameQuery() {
    URI second = AuditExamples.uri(ID, "attestation-2.json");
    objects.put(second, objects.get(AuditExamples.recordUri(ID)));

    VerificationReport report =
        new RecordVerifier(
                trusted,
                Optional.of(LogExamples.view(log)),
                Duration.ofHours(24),
                Clock.fixed(now, ZoneOffset.UTC))
            .verify(
                ID, RecordPlace.stored(second), AuditExamples.reader(objects), Optional.empty());
    assertFailed(report, Check.Kind.INCLUSION, "attestation-2.json");
  }

  @Test
  void namesARecordThatTheLogNeverHadOnceItIsOverdue() {
    Instant soon = AuditExamples.COMPLETED.plusSeconds(60);
    Instant later = now;
    log.files.clear();
    assertFailed(verify(), Check.Kind.INCLUSION, RECORD);
    now = soon;
    assertEquals(Verdict.COULD_NOT_CHECK, verify().verdict());

    sealWithoutTheRecord();
    assertEquals(Verdict.COULD_NOT_CHECK, verify().verdict());
    now = later;
    assertFailed(verify(), Check.Kind.INCLUSION, RECORD);
  }

  private void sealWithoutTheRecord() {
    try {
      LogExamples.seal(log, LogExamples.entries(0, 20));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namesATruncatedLog() throws IOException {
    byte[] kept = log.files.get("checkpoint");
    log.files.put("checkpoint", log.files.get("checkpoints/301"));

    VerificationReport report = verify(Optional.of(kept));

    assertFailed(report, Check.Kind.CONSISTENCY, "checkpoint");
    assertTrue(report.failures().get(0).detail().contains("truncated"));
  }

  @Test
  void namesTheTileThatATruncatedLogLacks() {
    log.files.remove("tile/0/001");

    assertFailed(verify(), Check.Kind.INCLUSION, "tile/0/001");
  }

  @Test
  void namesALogThatWasRewrittenFromTheStart() throws IOException {
    byte[] kept = log.files.get("checkpoint");
    log.files.clear();
    List<LogEntry> entries = new ArrayList<>(LogExamples.entries(1, 300));
    entries.add(entry());
    entries.addAll(LogExamples.entries(300, 700));
    LogExamples.seal(log, entries);

    VerificationReport report = verify(Optional.of(kept));

    assertFailed(report, Check.Kind.CONSISTENCY, "checkpoint");
    assertTrue(report.failures().get(0).detail().contains("rewritten"));
  }

  @Test
  void namesARewrittenTile() {
    for (String tile : List.of("tile/0/001", "tile/0/002.p/89", "tile/1/000.p/2")) {
      byte[] before = log.files.get(tile);
      flip(tile);
      assertFailed(verify(), Check.Kind.INCLUSION, tile);
      log.files.put(tile, before);
    }
    assertEquals(Verdict.VERIFIED, verify().verdict());
  }

  @Test
  void namesARewrittenEntry() {
    flip("tile/entries/001");

    assertFailed(verify(), Check.Kind.INCLUSION, "tile/entries/001");
  }

  @Test
  void aWrongOrMissingIndexHidesNothing() {
    String index = LogFiles.index(entry().sha256());
    log.files.put(index, "12 301\n".getBytes(StandardCharsets.US_ASCII));

    assertTrue(verify().failures().isEmpty());
    log.files.remove(index);
    assertTrue(verify().failures().isEmpty());
    assertEquals(Verdict.VERIFIED, verify(Optional.of(log.files.get("checkpoints/301"))).verdict());
  }

  @Test
  void namesACheckpointThatNoTrustedKeySigned() {
    String text = new String(log.files.get("checkpoint"), StandardCharsets.UTF_8);
    log.files.put("checkpoint", text.replace("601", "602").getBytes(StandardCharsets.UTF_8));

    assertFailed(verify(), Check.Kind.INCLUSION, "checkpoint");
  }

  @Test
  void namesAnUnknownKey() {
    trusted = TrustedKeys.only(SigningKey.generate().publicKey());

    VerificationReport report = verify();

    assertFailed(report, Check.Kind.SIGNATURE, RECORD);
    assertTrue(report.failures().get(0).detail().contains("key " + key.id() + " is not trusted"));
  }

  @Test
  void namesAnUnknownKeyThatPassesForATrustedOne() {
    SigningKey thief = SigningKey.generate();
    URI uri = AuditExamples.recordUri(ID);
    DsseEnvelope real = DsseEnvelope.parse("record", objects.get(uri));
    DsseEnvelope forged =
        new DsseEnvelope(
            real.payloadType(),
            real.payload(),
            List.of(
                new DsseEnvelope.Signature(
                    key.id(), thief.sign(real.preAuthenticationEncoding()))));
    objects.put(uri, forged.toBytes());

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
  }

  @Test
  void namesAKeyThatWasNoLongerOrNotYetValid() {
    Instant time = AuditExamples.COMPLETED;
    trusted = validity(Optional.empty(), Optional.of(time));
    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
    assertTrue(verify().failures().get(0).detail().contains(key.id()));

    trusted = validity(Optional.of(time.plusSeconds(1)), Optional.empty());
    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);

    trusted = validity(Optional.of(time), Optional.of(time.plusSeconds(1)));
    assertEquals(Verdict.VERIFIED, verify().verdict());
  }

  private TrustedKeys validity(Optional<Instant> from, Optional<Instant> until) {
    return new TrustedKeys(List.of(new TrustedKeys.Validity(key.publicKey(), from, until)));
  }

  @Test
  void anUnsignedRecordIsWrongWhereAKeyWasInUseAndUncheckedWhereNot() throws IOException {
    URI uri = AuditExamples.recordUri(ID);
    objects.put(uri, AuditExamples.record(ID));
    LogExamples.seal(log, List.of(entry()));

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
    trusted = validity(Optional.of(AuditExamples.COMPLETED.plusSeconds(1)), Optional.empty());
    assertEquals(Verdict.COULD_NOT_CHECK, verify().verdict());
    assertEquals(3, verify().verdict().exitCode());
  }

  @Test
  void namesARecordWhoseSignatureWasTakenAway() {
    URI uri = AuditExamples.recordUri(ID);
    DsseEnvelope real = DsseEnvelope.parse("record", objects.get(uri));
    objects.put(uri, new DsseEnvelope(real.payloadType(), real.payload(), List.of()).toBytes());
    trusted = new TrustedKeys(List.of());

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
  }

  @Test
  void whatCannotBeReadIsNotCalledWrong() {
    StoredObjects unreachable =
        uri -> {
          throw new IOException("connection refused");
        };
    StoredObjects recordOnly =
        uri ->
            uri.equals(AuditExamples.recordUri(ID))
                ? AuditExamples.reader(objects).open(uri)
                : unreachable.open(uri);
    RecordVerifier verifier =
        new RecordVerifier(
            trusted, Optional.empty(), Duration.ofHours(24), Clock.fixed(now, ZoneOffset.UTC));

    VerificationReport nothing = verifier.verify(ID, place(RECORD), unreachable, Optional.empty());
    VerificationReport some = verifier.verify(ID, place(RECORD), recordOnly, Optional.empty());

    assertEquals(Verdict.COULD_NOT_CHECK, nothing.verdict());
    assertEquals(Verdict.COULD_NOT_CHECK, some.verdict());
    assertEquals(
        6, some.checks().stream().filter(c -> c.verdict() == Verdict.COULD_NOT_CHECK).count());
  }

  @Test
  void aHostileRecordReadsNothingOutsideOfItsFolder() throws IOException {
    Path query = Files.createDirectories(folder.resolve("bucket/q"));
    Files.writeString(folder.resolve("secret"), "s");
    Files.createSymbolicLink(query.resolve("link"), folder.resolve("secret"));
    Files.createSymbolicLink(query.resolve("up"), folder);

    for (String uri :
        List.of(
            "s3://b/../../secret",
            "s3://b/q/../../secret",
            "s3://b/%2e%2e/%2e%2e/secret",
            "s3://b//../secret",
            "s3://b/link",
            "s3://b/up/secret",
            "s3://b/..",
            "s3://b/",
            "mailto:x")) {
      assertEquals(Optional.empty(), StoredObjects.ofQueryFolder(query).open(URI.create(uri)), uri);
      assertEquals(
          Optional.empty(), StoredObjects.ofBucketFolder(query).open(URI.create(uri)), uri);
    }
    for (String noName : List.of("s3://b/%00", "s3://b/\uD800")) {
      StoredObjects objects = StoredObjects.ofBucketFolder(query);
      assertThrows(IOException.class, () -> objects.open(URI.create(noName)), noName);
    }
  }

  @Test
  void aForgedRecordFailsThoughItIsDatedAtTheEndOfTime() {
    rewriteRecord(AuditExamples.COMPLETED.toString(), Instant.MAX.toString());

    assertFailed(verify(), Check.Kind.SIGNATURE, RECORD);
  }

  @Test
  void aHostileRecordAddsNoLineToTheReport() {
    rewriteRecord(
        "\"queryId\":\"q-1\"", "\"queryId\":\"x\\n  VERIFIED SIGNATURE \\u001b[2J\\u009b\"");
    rewriteRecord("COMPLETED", "COMPLETED\\n  VERIFIED");

    for (Check check : verify().checks()) {
      assertTrue(check.toString().chars().noneMatch(Character::isISOControl), check::toString);
    }
  }
}
