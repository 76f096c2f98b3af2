package dev.heliograph.app.command;

import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3Location;
import dev.heliograph.store.WriteOnce;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph bucket}: makes buckets whose objects are written once. */
@Command(
    name = "bucket",
    mixinStandardHelpOptions = true,
    description = "Makes buckets.",
    synopsisSubcommandLabel = "create")
final class BucketCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** What a bucket is for, and so where its name stands. */
  enum Kind {
    ARTIFACTS(Setting.STORE_BUCKET, WriteOnce.Mode.GOVERNANCE),
    LOG(Setting.AUDIT_LOG, WriteOnce.Mode.COMPLIANCE);

    private final Setting bucket;
    private final WriteOnce.Mode mode;

    Kind(Setting bucket, WriteOnce.Mode mode) {
      this.bucket = bucket;
      this.mode = mode;
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand: create");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a bucket with object lock, and the retention that its objects get.")
  int create(
      @Mixin SettingsOptions options,
      @Parameters(
              paramLabel = "artifacts|log",
              description = "Which: the bucket of store.bucket, or that of audit.log.")
          Kind kind,
      @Option(
              names = "--retention",
              paramLabel = "<period>",
              description = "Such as P365D, governance P365D or compliance P3650D. Without: none.")
          Optional<String> retention) {
    Settings settings = options.read();
    Optional<WriteOnce.Period> period;
    try {
      period = retention.map(text -> WriteOnce.Period.parse(text, kind.mode));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    String bucket = S3Location.parse(settings.required(kind.bucket)).bucket();
    try (S3Connection store = S3Connection.open(WorkerConfig.store(settings))) {
      store.createLockedBucket(bucket, period);
    }
    spec.commandLine()
        .getOut()
        .println(
            "s3://"
                + bucket
                + ": object lock"
                + period
                    .map(p -> ", " + p.mode() + " for " + p.duration().toDays() + " days")
                    .orElse(""));
    return 0;
  }
}
