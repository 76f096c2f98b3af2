package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred queries of drawn scenes, answered side by side by a worker; then each answer computed
 * again from its record, by the command that auditors use.
 */
class AuditReplayIT {
  private static final int QUERIES = 100;

  /** Some leave pictures too, whose bytes are then compared. */
  private static final int FILES_EVERY = 20;

  private static final ArtifactRequest GRID =
      new ArtifactRequest(HeatmapFormat.NONE, ArrayFormat.GRID, Optional.empty());
  private static final List<String> CAPTIONS =
      List.of("is blue", "is red instead of blue", "has a dotted background", "is larger");

  @TempDir private Path folder;

  @Test
  void aHundredRecordsReplayToTheSameRankingScoresAndMaps() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(folder)) {
      Map<String, String> flags = fixture.flags();
      KeyGenerator.generate(folder.resolve("records.pem"));
      flags.put("audit.keys", folder.resolve("records.pem").toString());
      flags.put("audit.trusted-keys", folder.resolve("records.pem.pub").toString());
      List<String> arguments = new ArrayList<>(List.of("audit", "replay"));
      arguments.addAll(recorded(fixture, flags));
      flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();

      int exitCode =
          HeliographCommand.commandLine()
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true))
              .execute(arguments.toArray(String[]::new));

      String summary = out.toString().lines().reduce("", (first, last) -> last);
      System.out.println(summary);
      assertEquals(0, exitCode, () -> err + out.toString());
      assertTrue(summary.startsWith("100 records: "), summary);
      assertTrue(
          out.toString()
              .lines()
              .filter(line -> line.startsWith("query-"))
              .allMatch(
                  line -> line.contains("BITWISE_EQUAL") || line.contains("WITHIN_TOLERANCE")),
          out::toString);
    }
  }

  /** Where the records of the queries are. */
  private static List<String> recorded(WorkerFixture fixture, Map<String, String> flags)
      throws Exception {
    List<QueryRequested> events =
        IntStream.range(0, QUERIES).mapToObj(i -> query(fixture, i)).toList();
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

  private static QueryRequested query(WorkerFixture fixture, int number) {
    boolean files = number % FILES_EVERY == 0;
    byte[] reference = WorkerFixture.picture(1_000 + number);
    return QueryEvents.toEvent(
        WorkerFixture.query("query-%03d".formatted(number))
            .reference(fixture.putReference(number + ".jpg", reference))
            .captions(CAPTIONS.get(number % CAPTIONS.size()))
            .topK(5)
            .saliency(new SaliencyRequest(true, files ? 2 : 1, SaliencyMethod.EXACT))
            .artifacts(files ? ArtifactRequest.DEFAULT : GRID)
            .build());
  }
}
