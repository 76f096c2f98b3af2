package dev.heliograph.benchmark.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a worker: its memory over many queries, or how soon it is ready. */
@Command(name = "worker", mixinStandardHelpOptions = true)
public final class WorkerBenchmark {
  @Option(names = "--launcher", required = true, scope = CommandLine.ScopeType.INHERIT)
  private Path launcher;

  @Option(
      names = "--inputs",
      required = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "what make_inputs.py made")
  private Path inputs;

  @Option(
      names = "--out",
      required = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Heliograph's folder of compare, with its galleries")
  private Path out;

  @Option(
      names = "--set",
      scope = CommandLine.ScopeType.INHERIT,
      description = "a setting of the worker that differs from the default: key=value")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--jvm",
      defaultValue = "",
      scope = CommandLine.ScopeType.INHERIT,
      description = "HELIOGRAPH_JAVA_OPTS")
  private String jvm;

  private WorkerBenchmark() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new WorkerBenchmark()).execute(args));
  }

  /** How much memory it holds. */
  @Command(description = "Answers many queries, and tells the worker's memory meanwhile.")
  void memory(
      @Option(names = "--queries", defaultValue = "2000") int queries,
      @Option(names = "--gallery", defaultValue = "rows-explained") String gallery)
      throws IOException, InterruptedException {
    Path store = store();
    try (Surroundings surroundings = surroundings(store);
        WorkerProcess worker = start(surroundings, 0)) {
      worker.awaitReady();
      new MemoryRun(surroundings, worker, inputs, store.resolve(Surroundings.BUCKET), gallery)
          .print(queries);
    }
  }

  /** How soon it is ready. */
  @Command(description = "Starts workers one after the other, and tells when each was ready.")
  void start(@Option(names = "--starts", defaultValue = "7") int starts)
      throws IOException, InterruptedException {
    try (Surroundings surroundings = surroundings(store())) {
      List<Double> seconds = new ArrayList<>();
      for (int i = 1; i <= starts; i++) {
        try (WorkerProcess worker = start(surroundings, i)) {
          Duration ready = worker.awaitReady();
          seconds.add(ready.toMillis() / 1e3);
          System.out.printf(
              "ready after %.2f s, %.2f s of processor time, RSS %d MB%n",
              ready.toMillis() / 1e3, worker.cpu().toMillis() / 1e3, worker.memory().total());
        }
      }
      Collections.sort(seconds);
      System.out.printf(
          "median %.2f s, %.2f–%.2f%n",
          seconds.get(starts / 2), seconds.get(0), seconds.get(starts - 1));
    }
  }

  private Surroundings surroundings(Path store) {
    return new Surroundings(inputs, out.resolve("galleries"), store);
  }

  private Path store() throws IOException {
    return Files.createDirectories(out.resolve("store"));
  }

  private WorkerProcess start(Surroundings surroundings, int number) throws IOException {
    return WorkerProcess.start(
        launcher,
        surroundings.settings(settings),
        surroundings.secretKey(),
        jvm,
        out.resolve("worker-" + number + ".log"));
  }
}
