package dev.heliograph.app.command;

import dev.heliograph.app.worker.Worker;
import dev.heliograph.app.worker.WorkerConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code heliograph worker}: the service, until it is told to stop. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description =
        "Runs the service until SIGTERM, which lets it finish what it holds; a second one hurries.")
final class WorkerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);
  private static final int LOOK_AFTER_MILLIS = 500;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws Exception {
    WorkerConfig config = WorkerConfig.of(settings.read());
    try (Worker worker = Worker.start(config)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker), "heliograph-shutdown"));
      AtomicBoolean told = new AtomicBoolean();
      TerminationSignals.handle(signal -> told(worker, told.getAndSet(true)));
      while (worker.isRunning()) {
        Thread.sleep(LOOK_AFTER_MILLIS);
      }
      if (worker.failure().isPresent()) {
        log.error("The worker has failed", worker.failure().get());
        return 1;
      }
      log.info("Stopped");
      return 0;
    }
  }

  private static void told(Worker worker, boolean again) {
    if (again) {
      log.info("Stopping at once: queries in flight are left to other workers");
      worker.hurry();
    } else {
      log.info("Stopping: finishing the queries in flight");
      worker.close();
    }
  }

  /**
   * Where signals are not heard, and for others than those. Runs while the JVM waits. A worker that
   * was told to stop and did has not failed: without the halt the status would be that of the
   * signal, 143.
   */
  private static void stop(Worker worker) {
    if (worker.isRunning()) {
      log.info("Stopping: finishing the queries in flight");
      worker.close();
      if (worker.failure().isEmpty()) {
        log.info("Stopped");
        Runtime.getRuntime().halt(0);
      }
      log.error("The worker has failed while stopping", worker.failure().get());
    }
  }
}
