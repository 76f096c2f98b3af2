package dev.heliograph.app.command;

import dev.heliograph.app.audit.SealerConfig;
import dev.heliograph.app.audit.SealerService;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code heliograph sealer}: appends records to the audit log, until it is told to stop. */
@Command(
    name = "sealer",
    mixinStandardHelpOptions = true,
    description = "Appends explanation records to the audit log, until SIGTERM. Run one.")
final class SealerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(SealerCommand.class);
  private static final int LOOK_AFTER_MILLIS = 500;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws Exception {
    SealerConfig config = SealerConfig.of(settings.read());
    try (SealerService sealer = SealerService.start(config)) {
      Thread shutdown = new Thread(() -> stop(sealer), "heliograph-shutdown");
      Runtime.getRuntime().addShutdownHook(shutdown);
      while (sealer.isRunning()) {
        Thread.sleep(LOOK_AFTER_MILLIS);
      }
      return sealer.failure().isPresent() ? 1 : 0;
    }
  }

  /** A sealer that was told to stop and did has not failed: without the halt it would exit 143. */
  private static void stop(SealerService sealer) {
    if (sealer.isRunning()) {
      log.info("Stopping: finishing what is being sealed");
      sealer.close();
      if (sealer.failure().isEmpty()) {
        log.info("Stopped");
        Runtime.getRuntime().halt(0);
      }
    }
  }
}
