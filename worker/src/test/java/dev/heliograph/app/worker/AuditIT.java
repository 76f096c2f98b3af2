package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.app.audit.SealerConfig;
import dev.heliograph.app.audit.SealerService;
import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The records of a real worker, sealed by a real sealer; then each way to tamper with them, on a
 * downloaded copy, through the command that auditors use.
 */
class AuditIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOG = "audit-log";
  private static final String DATE = "2026/11/28/";
  private static final Instant SUBMITTED = Instant.parse("2026-11-28T09:00:00Z");

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static Map<String, String> flags;
  private static final Map<String, QueryCompletion> completions = new HashMap<>();

  @TempDir private Path copies;
  private Path artifacts;
  private Path log;
  private Path keys;

  @BeforeAll
  static void recordAndSeal() throws Exception {
    EmbeddedObjectStore store = EmbeddedObjectStore.inFolder(folder.resolve("objects"));
    fixture = WorkerFixture.start(folder, store);
    fixture.createBucket(LOG);
    KeyGenerator.generate(folder.resolve("records.pem"));
    KeyGenerator.generate(folder.resolve("other.pem"));
    KeyGenerator.generate(folder.resolve("log.pem"));
    flags = fixture.flags();
    flags.put("audit.keys", folder.resolve("records.pem").toString());
    flags.put("audit.trusted-keys", folder.resolve("records.pem.pub").toString());
    flags.put("audit.log", LOG);
    flags.put("audit.log-key-file", folder.resolve("log.pem").toString());
    flags.put("sealer.interval", "PT0.1S");
    SealerConfig config = SealerConfig.of(settings());
    try (Worker worker = WorkerFixture.startWorker(flags);
        SealerService sealer = SealerService.start(config)) {
      flags.put("audit.log-verifiers", sealer.identity().toVkey());
      ask(List.of(good("first")));
      await().atMost(WorkerFixture.PATIENCE).until(() -> sealer.sealed() == 1);
      ask(List.of(good("second"), noCaption("invalid"), late("late"), good("third")));
      await().atMost(WorkerFixture.PATIENCE).until(() -> sealer.sealed() == 5);
      assertTrue(worker.isRunning());
      URI ready = URI.create("http://127.0.0.1:" + sealer.healthPort() + "/readyz");
      assertEquals(200, WorkerFixture.get(ready).statusCode());
    }
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static Settings settings() {
    return Settings.of(Optional.empty(), Map.of(), flags);
  }

  private static QueryRequested good(String id) {
    return QueryEvents.toEvent(
        query(id)
            .submittedAt(SUBMITTED)
            .saliency(new SaliencyRequest(true, 2, SaliencyMethod.EXACT))
            .build());
  }

  private static QueryRequested noCaption(String id) {
    QueryRequested event = good(id);
    event.setCaptions(List.of());
    return event;
  }

  private static QueryRequested late(String id) {
    QueryRequested event = good(id);
    event.setDeadline(Instant.parse("2026-01-01T00:00:00Z"));
    return event;
  }

  private static void ask(List<QueryRequested> events) {
    completions.putAll(fixture.ask(events));
  }

  /** A downloaded bucket and log, to be tampered with. */
  @BeforeEach
  void download() throws IOException {
    artifacts = copy(folder.resolve("objects").resolve(WorkerFixture.BUCKET), "artifacts");
    log = copy(folder.resolve("objects").resolve(LOG), "log");
    keys = folder.resolve("records.pem.pub");
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = copies.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  @Test
  void everyOutcomeHasARecordThatVerifiesAndIsLinked() throws Exception {
    Map<String, Outcome> outcomes =
        Map.of(
            "first", Outcome.COMPLETED,
            "second", Outcome.COMPLETED,
            "third", Outcome.COMPLETED,
            "invalid", Outcome.FAILED,
            "late", Outcome.EXPIRED);
    for (String id : outcomes.keySet()) {
      QueryCompletion completion = completions.get(id);
      assertEquals(outcomes.get(id), completion.getOutcome(), id);
      assertNotNull(completion.getAttestation(), id);
      assertEquals(
          "s3://artifacts/" + DATE + id + "/attestation.json",
          completion.getAttestation().getUri());
      Path record = artifacts.resolve(DATE + id + "/attestation.json");
      byte[] stored = Files.readAllBytes(record);
      assertEquals(completion.getAttestation().getSha256(), WorkerFixture.sha256(stored), id);
      JsonNode predicate = predicate(record);
      assertEquals(outcomes.get(id).name(), predicate.get("outcome").asText());
      assertEquals("SIGNED", predicate.at("/signing/state").asText());

      verifies(verify(id));
    }
  }

  @Test
  void aRecordStatesWhatReallyComputed() throws Exception {
    JsonNode predicate = predicate(artifacts.resolve(DATE + "first/attestation.json"));

    byte[] reference = WorkerFixture.picture(100);
    assertEquals(
        WorkerFixture.sha256(reference), predicate.at("/inputs/reference/sha256").asText());
    assertEquals(reference.length, predicate.at("/inputs/reference/bytes").asInt());
    assertTrue(predicate.at("/inputs/tokens/ids/0").size() > 5, predicate.toString());
    assertEquals("cir.query.v1", predicate.at("/delivery/topic").asText());
    assertEquals(
        WorkerFixture.sha256(Files.readAllBytes(WorkerFixture.MODEL.resolve("tokenizer.json"))),
        predicate.at("/models/tokenizer/sha256").asText());
    assertEquals("REPRODUCIBLE", predicate.at("/environment/determinism/batching").asText());
    assertEquals("0.35.1", predicate.at("/environment/djl").asText());
    assertEquals("2.7.1", predicate.at("/environment/libtorch").asText());
    assertTrue(predicate.at("/method/layer").asText().startsWith("vision_model.encoder.layers."));
    assertEquals(0.48145466f, predicate.at("/preprocess/mean/0").floatValue());

    JsonNode invalid = predicate(artifacts.resolve(DATE + "invalid/attestation.json"));
    assertEquals("INVALID_QUERY", invalid.at("/failure/code").asText());
    assertTrue(invalid.at("/inputs/reference").isMissingNode());
  }

  @Test
  void verifiesOnlineByIdAndTheWholeLog() {
    List<String> arguments = new ArrayList<>(List.of("audit", "verify", "second"));
    flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    verifies(run(arguments.toArray()));
    arguments.remove("second");
    Run whole = run(arguments.toArray());
    verifies(whole);
    assertTrue(whole.out().contains("signs 5 entries"), whole::out);

    arguments.add(2, "nobody");
    assertEquals(3, run(arguments.toArray()).exitCode());
  }

  @Test
  void replaysWhatWasRecordedFromTheEventThatKafkaStillHas() {
    List<String> arguments =
        new ArrayList<>(List.of("audit", "replay", "first", "second", "third"));
    flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    Run replay = run(arguments.toArray());

    assertEquals(0, replay.exitCode(), replay::toString);
    assertEquals(3, replay.out().lines().filter(l -> l.contains(": BITWISE_EQUAL")).count());

    arguments.subList(3, 5).clear();
    arguments.set(2, "invalid");
    assertEquals(3, run(arguments.toArray()).exitCode());
  }

  @Test
  void replaysNothingThatAForgedRecordAsksFor() throws IOException {
    Path record = artifacts.resolve(DATE + "first/attestation.json");
    rewrite(record, "is red instead of blue", "is red instead of grey");
    List<String> replay = online("replay", record.getParent().toString());
    Run forged = run(replay.toArray());
    assertEquals(1, forged.exitCode(), forged::toString);
    assertTrue(forged.out().contains("REFUSED"), forged::out);
    assertTrue(forged.out().contains("FAILED SIGNATURE attestation.json"), forged::out);

    replay.add("nobody");
    Run both = run(replay.toArray());
    assertEquals(1, both.exitCode(), both::toString);
    replay.remove("nobody");
    Files.writeString(record, "{");
    Run broken = run(replay.toArray());
    assertEquals(1, broken.exitCode(), broken::toString);
    assertTrue(broken.out().contains("FAILED RECORD attestation.json"), broken::out);

    replay.addAll(List.of("--keys", folder.resolve("other.pem.pub").toString()));
    replay.set(2, "second");
    Run untrusted = run(replay.toArray());
    assertEquals(1, untrusted.exitCode(), untrusted::toString);
    assertTrue(untrusted.out().contains("is not trusted"), untrusted::out);
  }

  @Test
  void withoutATrustedKeyReplayGoesOnAndSaysThatNobodyVouchesForTheRecord() throws IOException {
    Map<String, String> noKeys = new HashMap<>(flags);
    noKeys.remove("audit.trusted-keys");
    List<String> replay = online(noKeys, "replay", "second");
    Run unknown = run(replay.toArray());

    assertEquals(3, unknown.exitCode(), unknown::toString);
    assertTrue(unknown.out().contains(": BITWISE_EQUAL"), unknown::out);
    assertTrue(unknown.out().contains("no trusted key was given"), unknown::out);

    Path record = artifacts.resolve(DATE + "first/attestation.json");
    rewrite(
        record,
        "\"inlineSha256\":\"[0-9a-f]+\",\"mediaType\":\"[a-z/]+\"",
        "\"uri\":\"https://me:pw@host/100.jpg?sig=1\",\"uriShortened\":true");
    noKeys.remove("kafka.bootstrap-servers");
    replay = online(noKeys, "replay", record.getParent().toString());
    Run shortened = run(replay.toArray());
    assertEquals(3, shortened.exitCode(), shortened::toString);
    assertTrue(shortened.out().contains("parts that could be credentials"), shortened::out);
    Run show = run("audit", "show", record.getParent());
    assertTrue(show.out().contains("https://host/100.jpg, sha256"), show::out);
    assertFalse(show.out().contains("pw@") || show.out().contains("sig=1"), show::out);
  }

  @Test
  void showsWhoWhatWhenAndWhy() {
    Run show = run("audit", "show", artifacts.resolve(DATE + "first"));
    assertEquals(0, show.exitCode(), show::toString);
    for (String part :
        List.of("first, COMPLETED", "is red instead of blue", "rank 1", "heatmap", "worker-1")) {
      assertTrue(show.out().contains(part), part + " in " + show.out());
    }
  }

  @Test
  void findsOneByteOfAPicture() throws IOException {
    String name = flipByte(file("first", "result_1_heatmap_"));
    fails(verify("first"), name, "was changed");
  }

  @Test
  void findsOneByteOfAnArray() throws IOException {
    String name = flipByte(file("first", "reference_saliency.npy"));
    fails(verify("first"), name, "was changed");
  }

  @Test
  void findsAnotherScoreInTheRecord() throws IOException {
    Path record = artifacts.resolve(DATE + "first/attestation.json");
    rewrite(record, "\"similarity\":0.", "\"similarity\":0.9");
    fails(verify("first"), "SIGNATURE attestation.json", "was changed");
  }

  @Test
  void findsSwappedResults() throws IOException {
    Path one = file("first", "result_1_heatmap_");
    Path two = file("first", "result_2_heatmap_");
    byte[] bytes = Files.readAllBytes(one);
    Files.write(one, Files.readAllBytes(two));
    Files.write(two, bytes);
    fails(verify("first"), one.getFileName().toString(), "was changed");
    fails(verify("first"), two.getFileName().toString(), "was changed");
  }

  @Test
  void findsAnAnswerPutInAnothersPlace() throws IOException {
    Files.copy(
        artifacts.resolve(DATE + "second/attestation.json"),
        artifacts.resolve(DATE + "first/attestation.json"),
        StandardCopyOption.REPLACE_EXISTING);
    fails(verify("first"), "RECORD attestation.json", "another query, second");
  }

  @Test
  void findsARemovedArtifactAndARemovedRecord() throws IOException {
    Path array = file("first", "result_1_saliency_");
    Files.delete(array);
    fails(verify("first"), array.getFileName().toString(), "is missing");

    Files.delete(artifacts.resolve(DATE + "second/attestation.json"));
    fails(
        run("audit", "verify", "--folder", artifacts, "--log", log, "--log-key", vkey()),
        "second/attestation.json",
        "was removed");
  }

  @Test
  void findsARemovedRecordByItsIdInABucketInAQuerysFolderAndBelowAPrefix() throws IOException {
    Path query = artifacts.resolve(DATE + "second");
    Files.delete(query.resolve("attestation.json"));
    fails(verify("second"), "RECORD attestation.json", "was removed");
    fails(verify(query.toString()), "RECORD attestation.json", "was removed");

    Path stored = folder.resolve("objects/artifacts").resolve(DATE + "third/attestation.json");
    byte[] record = Files.readAllBytes(stored);
    List<String> online = online("verify", "third", "--prefix", DATE.substring(0, 10));
    verifies(run(online.toArray()));
    Files.delete(stored);
    try {
      fails(run(online.toArray()), "RECORD attestation.json", "was removed");
    } finally {
      Files.write(stored, record);
    }
  }

  private static List<String> online(String... arguments) {
    return online(flags, arguments);
  }

  private static List<String> online(Map<String, String> settings, String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    settings.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
    return all;
  }

  @Test
  void findsARecordBelowAnotherPrefixInThePlaceOfItsOwn() throws IOException {
    Path copy = artifacts.resolve("2025/01/01/first");
    Files.createDirectories(copy);
    Files.copy(
        artifacts.resolve(DATE + "first/attestation.json"), copy.resolve("attestation.json"));
    fails(verify("first"), "INCLUSION attestation.json", "another record is in its place");
  }

  @Test
  void findsATruncatedLog() throws IOException {
    Path kept = Files.copy(log.resolve("checkpoint"), copies.resolve("kept"));
    Files.write(log.resolve("checkpoint"), Files.readAllBytes(log.resolve("checkpoints/001")));

    assertNotEquals(0, verify("first").exitCode(), "rolled back to a checkpoint of its own");
    fails(verify("first", "--earlier", kept), "CONSISTENCY checkpoint", "truncated");
    fails(verify("second", "--earlier", kept, "--sealing-time", "PT0S"), "INCLUSION", "not among");
  }

  @Test
  void findsARewrittenTile() throws IOException {
    flipByte(log.resolve("tile/0/000.p/5"));
    fails(verify("first"), "tile/0/000.p/5", "was rewritten");
  }

  @Test
  void findsAnUnknownAndAnExpiredKey() throws IOException {
    String trusted = Files.readString(keys).replace("\n", "\\n");
    keys = folder.resolve("other.pem.pub");
    fails(verify("first"), "SIGNATURE attestation.json", "is not trusted");

    keys = copies.resolve("keys.json");
    String entry = "{\"keys\": [{\"publicKey\": \"%s\", \"%s\": \"%s\"}]}";
    Files.writeString(keys, entry.formatted(trusted, "validUntil", "2026-11-01T00:00:00Z"));
    fails(verify("first"), "SIGNATURE attestation.json", "2026-11-01T00:00:00Z");
    Files.writeString(keys, entry.formatted(trusted, "validFrom", "2026-11-01T00:00:00Z"));
    verifies(verify("first"));
  }

  @Test
  void saysWhenItCouldNotCheck() {
    Run noKeys = run("audit", "verify", "first", "--folder", artifacts);
    assertEquals(3, noKeys.exitCode(), noKeys::toString);
    assertTrue(noKeys.out().endsWith("COULD_NOT_CHECK" + System.lineSeparator()), noKeys::out);
  }

  private Run verify(String id, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("audit", "verify", id, "--folder", artifacts, "--log", log, "--keys", keys));
    arguments.addAll(List.of("--log-key", vkey()));
    arguments.addAll(Arrays.asList(more));
    return run(arguments.toArray());
  }

  private static String vkey() {
    return flags.get("audit.log-verifiers");
  }

  private Path file(String id, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(artifacts.resolve(DATE + id))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String flipByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    return file.getFileName().toString();
  }

  private static void rewrite(Path record, String from, String to) throws IOException {
    ObjectNode envelope = (ObjectNode) JSON.readTree(record.toFile());
    String payload = payload(envelope);
    String changed = payload.replaceFirst(from, to);
    assertTrue(!changed.equals(payload), "nothing was rewritten");
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    envelope.put("payload", Base64.getEncoder().encodeToString(bytes));
    JSON.writeValue(record.toFile(), envelope);
  }

  private static JsonNode predicate(Path record) throws IOException {
    return JSON.readTree(payload(JSON.readTree(record.toFile()))).get("predicate");
  }

  private static String payload(JsonNode envelope) {
    byte[] bytes = Base64.getDecoder().decode(envelope.get("payload").asText());
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private record Run(int exitCode, String out, String err) {}

  private static Run run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        HeliographCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  private static void verifies(Run run) {
    assertEquals(0, run.exitCode(), run::toString);
    assertTrue(run.out().contains("VERIFIED"), run::out);
  }

  /** The command fails, and one of its lines names the thing and what is wrong with it. */
  private static void fails(Run run, String name, String problem) {
    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(
        run.out()
            .lines()
            .anyMatch(
                line -> line.contains("FAILED") && line.contains(name) && line.contains(problem)),
        name + ", " + problem + " in " + run.out());
  }
}
