package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.DeadLetter;
import dev.heliograph.messaging.DeadLetters;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.LoopbackProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of queries that do not simply end well, or whose words must not stand in them. */
class AuditEndingsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private WorkerFixture fixture;
  private Map<String, String> flags;

  @BeforeEach
  void start() throws Exception {
    fixture = WorkerFixture.start(folder, EmbeddedObjectStore.inFolder(folder.resolve("objects")));
    KeyGenerator.generate(folder.resolve("records.pem"));
    flags = fixture.flags();
    flags.put("audit.keys", folder.resolve("records.pem").toString());
    flags.put("audit.trusted-keys", folder.resolve("records.pem.pub").toString());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static QueryBuilder small(String id) {
    return query(id)
        .saliency(new SaliencyRequest(false, 1, SaliencyMethod.EXACT))
        .artifacts(ArtifactRequest.NONE);
  }

  private static QueryRequested event(QueryBuilder query) {
    return QueryEvents.toEvent(query.submittedAt(Instant.now().minusSeconds(60)).build());
  }

  @Test
  void aCancelledQueryHasARecordThatSaysSo() throws Exception {
    try (CompletionReader reader =
        new CompletionReader(fixture.messaging(), SchemaIdResolver.none())) {
      fixture.publish(List.of(event(small("unwanted"))));
      assertEquals(0, run("cancel", "--reason", "asked twice", "unwanted").exitCode());
      try (Worker worker = WorkerFixture.startWorker(flags)) {
        QueryCompletion completion =
            reader.await(List.of("unwanted"), WorkerFixture.PATIENCE).get("unwanted");

        assertTrue(worker.isRunning());
        assertEquals(Outcome.CANCELLED, completion.getOutcome());
        JsonNode predicate = predicate(completion);
        assertEquals("CANCELLED", predicate.get("outcome").asText());
        assertEquals("CANCELLED", predicate.at("/failure/code").asText());
      }
    }
  }

  @Test
  void anotherEndingUnderTheSameIdHasItsOwnRecordAndTheFirstStays() throws Exception {
    try (Worker worker = WorkerFixture.startWorker(flags)) {
      QueryCompletion first = fixture.ask(small("twice").build());
      byte[] kept = Files.readAllBytes(file(first));
      QueryCompletion again = fixture.ask(small("twice").captions("is green").build());

      assertTrue(worker.isRunning());
      assertTrue(first.getAttestation().getUri().endsWith("/twice/attestation.json"));
      assertTrue(again.getAttestation().getUri().endsWith("/twice/attestation-2.json"));
      assertEquals(new String(kept, StandardCharsets.UTF_8), Files.readString(file(first)));
      assertEquals("is green", predicate(again).at("/request/captions/text/0").asText());

      Run both = run("audit", "show", "twice");
      assertTrue(both.out().contains("is red instead of blue"), both::toString);
      assertTrue(both.out().contains("is green"), both::toString);
    }
  }

  @Test
  void captionsAsDigestsAreReplayedWithTheWordsFromElsewhere() throws Exception {
    flags.put("audit.captions", "digest");
    try (Worker worker = WorkerFixture.startWorker(flags)) {
      QueryCompletion completion = fixture.ask(small("discreet").build());

      assertTrue(worker.isRunning());
      JsonNode predicate = predicate(completion);
      assertFalse(predicate.toString().contains("instead of blue"), predicate::toString);
      assertEquals(
          WorkerFixture.sha256("is red instead of blue".getBytes(StandardCharsets.UTF_8)),
          predicate.at("/request/captions/sha256/0").asText());
      assertTrue(predicate.at("/inputs/tokens/ids").isMissingNode(), predicate::toString);

      String uri = completion.getAttestation().getUri();
      Run fromKafka = run("audit", "replay", uri);
      assertEquals(0, fromKafka.exitCode(), fromKafka::toString);
      Run given = run("audit", "replay", uri, "--caption", "is red instead of blue");
      assertEquals(0, given.exitCode(), given::toString);
      Run otherWords = run("audit", "replay", uri, "--caption", "is green");
      assertEquals(3, otherWords.exitCode(), otherWords::toString);
    }
  }

  @Test
  void anAnswerWhoseRecordCannotBeStoredIsFailedWithADeadLetter() throws Exception {
    try (LoopbackProxy proxy = LoopbackProxy.to(fixture.s3().endpoint().getPort())) {
      flags.put("store.endpoint", proxy.uri().toString());
      flags.put("retry.outage-patience", "PT0S");
      try (Worker worker = WorkerFixture.startWorker(flags)) {
        assertEquals(Outcome.COMPLETED, fixture.ask(small("before").build()).getOutcome());
        proxy.inject(LoopbackProxy.Fault.REFUSE);
        // it stores nothing but its record
        QueryRequested invalid = event(small("unrecorded"));
        invalid.setCaptions(List.of());
        QueryCompletion completion = fixture.ask(List.of(invalid)).get("unrecorded");
        proxy.inject(LoopbackProxy.Fault.NONE);

        assertTrue(worker.isRunning());
        assertEquals(Outcome.FAILED, completion.getOutcome());
        assertEquals("STORE_UNAVAILABLE", completion.getFailure().getCode());
        assertNull(completion.getAttestation());
        List<DeadLetter> letters =
            new DeadLetters(fixture.messaging(), SchemaIdResolver.none()).list(l -> true, 10);
        assertEquals(1, letters.size());
        assertEquals("unrecorded", letters.get(0).queryId());
        assertEquals("STORE_UNAVAILABLE", letters.get(0).code().orElse(""));
      }
    }
  }

  /** A folder in the record's place: the store takes everything but the record. */
  private Path obstacle(String id) throws IOException {
    Path place = folder.resolve("objects/artifacts/2026/11/23").resolve(id);
    return Files.createDirectories(place.resolve("attestation.json/in-the-way"));
  }

  private static void remove(Path obstacle) throws IOException {
    Files.delete(obstacle);
    Files.delete(obstacle.getParent());
  }

  private static Query complete(String id) {
    return small(id)
        .artifacts(ArtifactRequest.DEFAULT)
        .submittedAt(Instant.parse("2026-11-23T00:00:00Z"))
        .build();
  }

  @Test
  void noCompletedAnswerIsPublishedWithoutItsRecord() throws Exception {
    Path obstacle = obstacle("unrecorded");
    flags.put("retry.outage-patience", "PT0S");
    try (Worker worker = WorkerFixture.startWorker(flags)) {
      QueryCompletion completion = fixture.ask(complete("unrecorded"));

      assertTrue(worker.isRunning());
      assertTrue(
          Files.exists(obstacle.getParent().resolveSibling("results.json")), "it was computed");
      assertEquals(Outcome.FAILED, completion.getOutcome());
      assertEquals("STORE_UNAVAILABLE", completion.getFailure().getCode());
      assertNull(completion.getAttestation());
      assertEquals(List.of(completion), fixture.committed());
      List<DeadLetter> letters =
          new DeadLetters(fixture.messaging(), SchemaIdResolver.none()).list(l -> true, 10);
      assertEquals(List.of("unrecorded"), letters.stream().map(DeadLetter::queryId).toList());

      remove(obstacle);
      assertEquals(0, run("dead-letters", "redrive").exitCode());
      await().atMost(WorkerFixture.PATIENCE).until(() -> fixture.committed().size() == 2);
      QueryCompletion again = fixture.committed().get(1);
      assertEquals(Outcome.COMPLETED, again.getOutcome());
      assertEquals("COMPLETED", predicate(again).get("outcome").asText());
    }
  }

  private Path file(QueryCompletion completion) {
    URI uri = URI.create(completion.getAttestation().getUri());
    return folder.resolve("objects").resolve(uri.getHost() + uri.getPath());
  }

  private JsonNode predicate(QueryCompletion completion) throws IOException {
    JsonNode envelope = JSON.readTree(file(completion).toFile());
    byte[] payload = Base64.getDecoder().decode(envelope.get("payload").asText());
    return JSON.readTree(payload).get("predicate");
  }

  private record Run(int exitCode, String out, String err) {}

  private Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    flags.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        HeliographCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }
}
