package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.store.MinioFixture;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** {@code bucket create} on MinIO where its binary is at hand: S3Proxy knows no object lock. */
@EnabledIfEnvironmentVariable(
    named = MinioFixture.BINARY,
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_MINIO does not name a minio binary")
class BucketCreateIT {
  @TempDir private Path folder;

  @Test
  void makesBothBucketsWithObjectLockAndRetention() throws Exception {
    try (MinioFixture server = MinioFixture.start(folder)) {
      S3Config s3 = server.config("pictures");
      CommandRun artifacts = create(s3, "artifacts", "--retention", "P2D");
      CommandRun log = create(s3, "log", "--retention", "governance P3D");

      assertEquals(0, artifacts.exitCode(), artifacts::toString);
      assertEquals("s3://pictures: object lock, GOVERNANCE for 2 days", artifacts.out().strip());
      assertEquals(0, log.exitCode(), log::toString);
      assertEquals("s3://records: object lock, GOVERNANCE for 3 days", log.out().strip());
      try (S3Connection connection = S3Connection.open(s3)) {
        connection.requireObjectLock("pictures");
        connection.requireObjectLock("records");
      }

      CommandRun again = create(s3, "artifacts");
      assertEquals(0, again.exitCode(), again::toString);
      assertEquals("s3://pictures: object lock", again.out().strip());
    }
  }

  private static CommandRun create(S3Config s3, String kind, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("bucket", "create", kind));
    arguments.addAll(List.of(more));
    for (String setting :
        List.of(
            "store.endpoint=" + s3.endpoint(),
            "store.bucket=" + s3.bucket(),
            "audit.log=records/log",
            "store.access-key=" + s3.accessKey(),
            "store.secret-key=" + s3.secretKey())) {
      arguments.addAll(List.of("--set", setting));
    }
    return CommandRun.of(arguments.toArray());
  }
}
