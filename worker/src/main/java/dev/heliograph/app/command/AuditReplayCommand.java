package dev.heliograph.app.command;

import dev.heliograph.app.audit.AuditSources;
import dev.heliograph.app.audit.FoundRecord;
import dev.heliograph.app.audit.RecordReplay;
import dev.heliograph.app.audit.Replay;
import dev.heliograph.app.audit.ReplayedRecord;
import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.EngineConfig;
import dev.heliograph.audit.ReplayReport;
import dev.heliograph.audit.Verdict;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.store.FolderObjectStore;
import dev.heliograph.store.S3ImageSource;
import dev.heliograph.store.S3Location;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph audit replay}: computes recorded queries again, and compares. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Computes recorded queries again, with the model and galleries of the settings, and compares",
      "ranking, scores, maps and files. A record that no trusted key vouches for is refused.",
      "Exit codes: 0 equal or within the tolerance, 1 different or refused, 2 wrong usage,",
      "3 not comparable, or no trusted key was given."
    })
final class AuditReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AuditOptions options;

  @Parameters(paramLabel = "<record>", arity = "1..*", description = AuditCommand.RECORD)
  private List<String> texts;

  @Option(
      names = "--reference",
      paramLabel = "<image>",
      description = "The reference, where it came inside an event that Kafka no longer has.")
  private @Nullable Path reference;

  @Option(
      names = "--caption",
      paramLabel = "<text>",
      description = "The caption, where the record has only its digest. Twice for two.")
  private List<String> captions = new ArrayList<>();

  @Option(names = "--save", paramLabel = "<dir>", description = "Keep the recomputed files there.")
  private @Nullable Path save;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<ReplayedRecord> replayed = new ArrayList<>();
    Path folder = save != null ? save : Files.createTempDirectory("heliograph-replay");
    try (AuditSources sources = options.open();
        Heliograph engine = engine(sources, options.settings(), folder)) {
      RecordReplay replay =
          new RecordReplay(new Replay(engine, sources.published(), given()), sources.trustedKeys());
      for (String text : texts) {
        for (FoundRecord record : AuditChecks.find(sources, text)) {
          ReplayedRecord result = replay.replay(record);
          out.print(result.text());
          out.flush();
          replayed.add(result);
        }
      }
      if (replayed.size() > 1) {
        out.println(summary(replayed));
      }
      return verdict(replayed).exitCode();
    } catch (IOException | RuntimeException e) {
      return AuditChecks.couldNotCheck(spec, e, verdict(replayed));
    } finally {
      out.flush();
      if (save == null) {
        delete(folder);
      }
    }
  }

  private static Verdict verdict(List<ReplayedRecord> replayed) {
    return replayed.stream().map(ReplayedRecord::verdict).reduce(Verdict.VERIFIED, Verdict::and);
  }

  /** How many came out how, and by how much at most. */
  private static String summary(List<ReplayedRecord> replayed) {
    Map<String, Integer> counts = new TreeMap<>();
    float score = 0;
    float grid = 0;
    for (ReplayedRecord record : replayed) {
      counts.merge(
          record.report().map(report -> report.outcome().name()).orElse("REFUSED"),
          1,
          Integer::sum);
      score = Math.max(score, record.report().map(ReplayReport::largestScoreDifference).orElse(0f));
      grid = Math.max(grid, record.report().map(ReplayReport::largestGridDifference).orElse(0f));
    }
    return String.format(
        Locale.ROOT,
        "%d records: %s; largest difference of a score %.1e, of a map %.1e of its maximum",
        replayed.size(),
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", ")),
        score,
        grid);
  }

  private Replay.Given given() throws IOException {
    return new Replay.Given(
        reference == null ? Optional.empty() : Optional.of(Files.readAllBytes(reference)),
        captions);
  }

  /** Reads what galleries and records name in object storage, if one is configured. */
  private static Heliograph engine(AuditSources sources, Settings settings, Path folder) {
    HeliographBuilder builder =
        EngineConfig.of(settings).builder().store(new FolderObjectStore(folder));
    if (settings.text(Setting.STORE_ENDPOINT).isPresent()) {
      List<S3Location> allowed =
          settings.list(Setting.REFERENCES_BUCKETS).stream().map(S3Location::parse).toList();
      builder.references(new S3ImageSource(sources.store(), allowed)).candidates(sources.store());
    }
    return builder.open();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
