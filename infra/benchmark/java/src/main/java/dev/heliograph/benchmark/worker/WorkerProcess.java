package dev.heliograph.benchmark.worker;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker that the launcher runs. The launcher gives its process to the JVM. */
final class WorkerProcess implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

  private final Process process;
  private final URI http;
  private final long startedNanos;

  private WorkerProcess(Process process, URI http, long startedNanos) {
    this.process = process;
    this.http = http;
    this.startedNanos = startedNanos;
  }

  /**
   * @param settings {@code http.port} among them
   * @param jvmFlags further ones; the launcher's own stand before them
   * @param log gets what the worker prints, with a timestamp in each line
   */
  static WorkerProcess start(
      Path launcher, Map<String, String> settings, String secretKey, String jvmFlags, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString(), "worker"));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()));
    builder.environment().put("HELIOGRAPH_STORE_SECRET_KEY", secretKey);
    if (!jvmFlags.isEmpty()) {
      builder.environment().put("HELIOGRAPH_JAVA_OPTS", jvmFlags);
    }
    URI http = URI.create("http://127.0.0.1:" + settings.get("http.port"));
    long now = System.nanoTime();
    Process process = builder.start();
    // Should this JVM be told to end, there is no broker any more for the worker to say goodbye to.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new WorkerProcess(process, http, now);
  }

  /** Waits until {@code /readyz} says yes, and tells how long that was since the start. */
  Duration awaitReady() throws IOException, InterruptedException {
    while (status("/readyz") != 200) {
      Duration waited = sinceStart();
      if (!process.isAlive() || waited.compareTo(PATIENCE) > 0) {
        throw new IllegalStateException("the worker is not ready after " + waited);
      }
      Thread.sleep(LOOK.toMillis());
    }
    return sinceStart();
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** 0 while nobody listens. */
  private int status(String path) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(http.resolve(path)).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * A metric's values, added up.
   *
   * @param name with its first labels, as {@code /metrics} writes them
   */
  double metric(String name) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(http.resolve("/metrics")).build();
    return HTTP.send(request, BodyHandlers.ofLines())
        .body()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** Processor time of all its threads since it started. */
  Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  ResidentMemory memory() throws IOException {
    return ResidentMemory.of(Path.of("/proc", Long.toString(process.pid()), "status"));
  }

  /** What DJL holds; collects the garbage first, so the heap is smaller afterwards. */
  NativeObjects nativeObjects() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process histogram =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.class_histogram")
            .start();
    try (var lines = histogram.inputReader().lines()) {
      return NativeObjects.in(lines);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
