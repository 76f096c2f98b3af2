package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Workers in processes of their own, looked after as an orchestrator does: one that ends, by a kill
 * or by itself, is started again. Not thread-safe.
 */
final class WorkerFleet implements AutoCloseable {
  /** A small heap, and no more of the machine than a worker among others should take. */
  private static final List<String> FLAGS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  /** Started again at once, and not counted among those that ended by themselves. */
  private static final long KILLED = -1;

  private static final Duration STOP = Duration.ofMinutes(1);
  private static final Duration PAUSE_BEFORE_RESTART = Duration.ofSeconds(1);

  private final Path logs;
  private final Map<String, String> flags;
  private final Map<Integer, Process> running = new TreeMap<>();
  private final Map<Integer, Path> logOf = new TreeMap<>();
  private final Map<Process, Long> endedAt = new HashMap<>();
  private final Map<Integer, Map<String, String>> own = new HashMap<>();
  private final Set<Process> suspended = new HashSet<>();
  private int starts;
  private int kills;
  private final List<Integer> ends = new ArrayList<>();
  private final List<Integer> stops = new ArrayList<>();
  private long peakMegabytes;

  WorkerFleet(Path logs, Map<String, String> flags) throws IOException {
    this.logs = Files.createDirectories(logs);
    this.flags = new HashMap<>(flags);
    this.flags.put("device.threads", "1");
    this.flags.put("worker.parallelism", "2");
  }

  /** Settings of one worker that differ from the others', from its next start on. */
  void differ(int worker, Map<String, String> differing) {
    own.put(worker, Map.copyOf(differing));
  }

  /** Starts what is missing; tells those over the number to stop, and waits for that. */
  void scaleTo(int workers) {
    for (int i = 1; i <= workers; i++) {
      if (!running.containsKey(i)) {
        running.put(i, start(i));
      }
    }
    stop(running.keySet().stream().filter(i -> i > workers).toList());
  }

  /** {@code kill -9} of one that is alive, if there is one. */
  void killOne(Random random) {
    List<Integer> alive = running.keySet().stream().filter(i -> running.get(i).isAlive()).toList();
    if (!alive.isEmpty()) {
      kills++;
      Process process = running.get(alive.get(random.nextInt(alive.size()))).destroyForcibly();
      process.onExit().join();
      endedAt.put(process, KILLED);
    }
  }

  /** SIGSTOP: it does nothing any more, and knows nothing of that. */
  void suspend(int worker) {
    signal("STOP", running.get(worker));
    suspended.add(running.get(worker));
  }

  void suspendAll() {
    running.keySet().stream().filter(this::running).forEach(this::suspend);
  }

  /** SIGCONT: those that were suspended go on where they were. */
  void resume() {
    suspended.forEach(process -> signal("CONT", process));
    suspended.clear();
  }

  private static void signal(String name, Process process) {
    try {
      String pid = Long.toString(process.pid());
      assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Starts those again that have ended, and looks at the memory of the others. */
  void supervise() {
    for (int i : List.copyOf(running.keySet())) {
      Process process = running.get(i);
      if (process.isAlive()) {
        peakMegabytes = Math.max(peakMegabytes, megabytes(process, "VmHWM"));
      } else if (mayRestart(process)) {
        running.put(i, start(i));
      }
    }
  }

  private boolean mayRestart(Process process) {
    Long since =
        endedAt.computeIfAbsent(
            process,
            ended -> {
              ends.add(ended.exitValue());
              return System.nanoTime();
            });
    return since == KILLED || System.nanoTime() - since > PAUSE_BEFORE_RESTART.toNanos();
  }

  /** Workers that are alive and consume: a worker says so in its log. */
  long running() throws IOException {
    long running = 0;
    for (Map.Entry<Integer, Path> log : logOf.entrySet()) {
      if (running(log.getKey()) && Files.readString(log.getValue()).contains(" consumes ")) {
        running++;
      }
    }
    return running;
  }

  private boolean running(int number) {
    return running.containsKey(number) && running.get(number).isAlive();
  }

  /** Resident memory of the only worker, or 0 while it does not run. */
  long residentMegabytes() {
    return megabytes(running.get(1), "VmRSS");
  }

  /** Highest resident memory of any worker that was seen so far. */
  long peakMegabytes() {
    return peakMegabytes;
  }

  /** Exit statuses of workers that were told to stop. */
  List<Integer> stops() {
    return List.copyOf(stops);
  }

  String counts() {
    return starts
        + " worker starts, "
        + kills
        + " kills, told to stop "
        + stops
        + ", ended by themselves "
        + ends
        + ", peak resident memory "
        + peakMegabytes
        + " MB";
  }

  /** The last lines that each process printed. */
  String lastWords() throws IOException {
    StringBuilder words = new StringBuilder();
    try (var files = Files.list(logs)) {
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        words.append(file.getFileName()).append(":\n");
        lines
            .subList(Math.max(0, lines.size() - 12), lines.size())
            .forEach(line -> words.append("  ").append(line).append('\n'));
      }
    }
    return words.toString();
  }

  /** Tells all to stop, and waits: each finishes what it holds. */
  @Override
  public void close() {
    stop(List.copyOf(running.keySet()));
  }

  private void stop(List<Integer> workers) {
    resume();
    workers.forEach(i -> running.get(i).destroy());
    for (int i : workers) {
      Process process = running.remove(i);
      try {
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("worker " + i + " still runs a minute after SIGTERM");
        }
        stops.add(process.exitValue());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private Process start(int number) {
    Map<String, String> settings = new HashMap<>(flags);
    settings.putAll(own.getOrDefault(number, Map.of()));
    settings.put("worker.name", "worker-" + number);
    String secret = settings.remove("store.secret-key");
    List<String> arguments = new ArrayList<>(List.of("worker"));
    settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    Path log = logs.resolve("worker-%d-%03d.log".formatted(number, ++starts));
    logOf.put(number, log);
    try {
      return JavaProcess.start(
          FLAGS, Main.class, arguments, Map.of("HELIOGRAPH_STORE_SECRET_KEY", secret), log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long megabytes(Process process, String field) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // ended meanwhile
    }
  }
}
