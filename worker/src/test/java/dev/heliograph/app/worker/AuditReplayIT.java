package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.Main;
import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.gallery.GalleryStorage;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred queries of drawn scenes, answered side by side by a worker, every other one from a
 * gallery with explanations and half features; then each answer computed again from its record, by
 * the command that auditors use; on another JDK too, where {@code HELIOGRAPH_TEST_OTHER_JDK} names
 * its home.
 */
class AuditReplayIT {
  private static final int QUERIES = 100;

  /** Some leave pictures too, whose bytes are then compared. */
  private static final int FILES_EVERY = 19;

  private static final String STORED = "stored";

  private static final ArtifactRequest GRID =
      new ArtifactRequest(HeatmapFormat.NONE, ArrayFormat.GRID, Optional.empty());
  private static final List<String> CAPTIONS =
      List.of("is blue", "is red instead of blue", "has a dotted background", "is larger");

  private static final String OTHER_JDK = "HELIOGRAPH_TEST_OTHER_JDK";

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static List<String> replay;

  /** What replays all records. */
  @BeforeAll
  static void record() throws Exception {
    fixture = WorkerFixture.start(folder);
    fixture.buildGallery(
        STORED, WorkerFixture.MODEL, WorkerFixture.GALLERY_SIZE, new GalleryStorage(true, true));
    Map<String, String> flags = fixture.flags();
    KeyGenerator.generate(folder.resolve("records.pem"));
    flags.put("audit.keys", folder.resolve("records.pem").toString());
    flags.put("audit.trusted-keys", folder.resolve("records.pem.pub").toString());
    replay = new ArrayList<>(List.of("audit", "replay"));
    replay.addAll(recorded(flags));
    flags.forEach((key, value) -> replay.addAll(List.of("--set", key + "=" + value)));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aHundredRecordsReplayToTheSameRankingScoresAndMaps() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        HeliographCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(replay.toArray(String[]::new));

    assertEquals(0, exitCode, () -> err + out.toString());
    assertReplayed(out.toString(), "this JDK");
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = OTHER_JDK,
      matches = ".+",
      disabledReason = "HELIOGRAPH_TEST_OTHER_JDK does not name the home of another JDK")
  void onAnotherJdkToo() throws Exception {
    Path home = Path.of(System.getenv(OTHER_JDK));
    Path log = folder.resolve("replay.log");
    Process process = JavaProcess.start(home, List.of(), Main.class, replay, Map.of(), log);
    try {
      assertTrue(
          process.waitFor(WorkerFixture.PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "hangs");
    } finally {
      process.destroyForcibly();
    }

    assertEquals(0, process.exitValue(), () -> read(log));
    assertReplayed(read(log), home.toString());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertReplayed(String out, String where) {
    String summary =
        out.lines().filter(line -> line.startsWith("100 records: ")).findFirst().orElse("");
    System.out.println(where + ": " + summary);
    List<String> replayed = out.lines().filter(line -> line.startsWith("query-")).toList();
    assertEquals(QUERIES, replayed.size(), out);
    assertTrue(
        replayed.stream()
            .allMatch(
                line -> line.contains(": BITWISE_EQUAL") || line.contains(": WITHIN_TOLERANCE")),
        out);
  }

  /** Where the records of the queries are. */
  private static List<String> recorded(Map<String, String> flags) throws Exception {
    List<QueryRequested> events =
        IntStream.range(0, QUERIES).mapToObj(AuditReplayIT::query).toList();
    try (Worker worker = WorkerFixture.startWorker(flags)) {
      Map<String, QueryCompletion> completions = fixture.ask(events);
      assertTrue(worker.isRunning());
      assertEquals(QUERIES, completions.size());
      completions.forEach(
          (id, completion) -> assertEquals(Outcome.COMPLETED, completion.getOutcome(), id));
      return completions.values().stream()
          .map(completion -> completion.getAttestation().getUri())
          .sorted()
          .toList();
    }
  }

  private static QueryRequested query(int number) {
    boolean files = number % FILES_EVERY == 0;
    byte[] reference = WorkerFixture.picture(1_000 + number);
    return QueryEvents.toEvent(
        WorkerFixture.query("query-%03d".formatted(number))
            .gallery(number % 2 == 0 ? WorkerFixture.GALLERY : STORED)
            .reference(fixture.putReference(number + ".jpg", reference))
            .captions(CAPTIONS.get(number % CAPTIONS.size()))
            .topK(5)
            .saliency(new SaliencyRequest(true, files ? 2 : 1, SaliencyMethod.EXACT))
            .artifacts(files ? ArtifactRequest.DEFAULT : GRID)
            .build());
  }
}
