package dev.heliograph.app.command;

import dev.heliograph.app.worker.Worker;
import dev.heliograph.app.worker.WorkerConfig;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code heliograph worker}: the service, until it is told to stop. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = "Runs the service until SIGTERM, which lets it finish what it holds.")
final class WorkerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);
  private static final int LOOK_AFTER_MILLIS = 500;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws Exception {
    WorkerConfig config = WorkerConfig.of(settings.read());
    try (Worker worker = Worker.start(config)) {
      Thread shutdown = new Thread(() -> stop(worker), "heliograph-shutdown");
      Runtime.getRuntime().addShutdownHook(shutdown);
      while (worker.isRunning()) {
        Thread.sleep(LOOK_AFTER_MILLIS);
      }
      if (worker.failure().isPresent()) {
        log.error("The worker has failed", worker.failure().get());
        return 1;
      }
      return 0;
    }
  }

  /** Runs while the JVM waits: it exits when this returns. */
  private static void stop(Worker worker) {
    if (worker.isRunning()) {
      log.info("Stopping: finishing the queries in flight");
      worker.close();
      log.info("Stopped");
    }
  }
}
