package dev.heliograph.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Heliograph's side of the comparison. Opens the engine, prints a line that it is ready, then reads
 * sections from standard input, one a line, and answers each with one line of JSON: the sections
 * and keys of {@code pytorch_pipeline.py}.
 *
 * <pre>
 * one             one query alone, all files written (overlay PNG, array NPY, results.json)
 * one-bare        the same query, nothing written: ranking and grids only
 * queue:N         N different queries, a bounded number in flight, all files written
 * queue-bare:N    the same, nothing written
 * </pre>
 *
 * "+explained" behind a name (as in one-bare+explained, queue+explained:N) searches a gallery that
 * has explanations.
 */
@Command(name = "benchmark", mixinStandardHelpOptions = true)
public final class Benchmark implements Runnable {
  private static final String EXPLAINED = "+explained";
  private static final Set<String> QUEUES = Set.of("queue", "queue-bare");

  @Mixin private SideOptions side;

  @Option(
      names = "--in-flight",
      defaultValue = "4",
      description = "queries in work at once; default: ${DEFAULT-VALUE}")
  private int inFlight;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "threads inside one operation; default: one per core")
  private int threads;

  @Option(names = "--fast-ingest", description = "show the model JPEG files by a reduced decode")
  private boolean fastIngest;

  private Benchmark() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Benchmark()).execute(args));
  }

  @Override
  public void run() {
    try (Job job =
        Job.open(side.inputs(), side.out(), inFlight, threads, fastIngest, side.precision())) {
      Sections.answer(section -> section(job, section));
    } catch (IOException e) {
      throw new CommandLine.ExecutionException(new CommandLine(this), e.toString(), e);
    }
  }

  private static ObjectNode section(Job job, String section) throws IOException {
    int colon = section.indexOf(':');
    String title = colon < 0 ? section : section.substring(0, colon);
    boolean explained = title.endsWith(EXPLAINED);
    String name = title.replace(EXPLAINED, "");
    int count = QUEUES.contains(name) ? Integer.parseInt(section.substring(colon + 1)) : 1;
    return switch (name) {
      case "one", "queue" -> job.queries(count, true, explained);
      case "one-bare", "queue-bare" -> job.queries(count, false, explained);
      default -> throw new IllegalArgumentException("section: there is no " + section);
    };
  }
}
