package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.audit.LogStore;
import dev.heliograph.audit.LogStoreContract;
import dev.heliograph.audit.RecordStore;
import dev.heliograph.pipeline.EncodedObject;
import io.minio.GetObjectRetentionArgs;
import io.minio.IsObjectLegalHoldEnabledArgs;
import io.minio.ListObjectsArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import io.minio.messages.Retention;
import io.minio.messages.RetentionMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Object lock, and the log in buckets that have it, on MinIO where its binary is at hand: the
 * embedded store knows no object lock.
 */
@EnabledIfEnvironmentVariable(
    named = MinioFixture.BINARY,
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_MINIO does not name a minio binary")
class MinioWriteOnceIT extends LogStoreContract {
  private static final String ARTIFACTS = "locked-artifacts";
  private static final String LOG = "locked-log";
  private static final AtomicInteger number = new AtomicInteger();

  private static MinioFixture server;
  private static S3Connection connection;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    server = MinioFixture.start(folder);
    connection = S3Connection.open(server.config(ARTIFACTS));
    connection.createLockedBucket(ARTIFACTS, Optional.of(days(WriteOnce.Mode.GOVERNANCE, 2)));
    connection.createLockedBucket(LOG, Optional.of(days(WriteOnce.Mode.COMPLIANCE, 3)));
  }

  @AfterAll
  static void stop() {
    connection.close();
    server.close();
  }

  private static WriteOnce.Period days(WriteOnce.Mode mode, int days) {
    return new WriteOnce.Period(mode, Duration.ofDays(days));
  }

  @Override
  protected LogStore store() {
    S3Location location = new S3Location(LOG, "run" + number.incrementAndGet());
    return new S3LogStore(connection, location, WriteOnce.NONE);
  }

  @Test
  void theBucketProtectsWhatIsPutWithoutAWishOfItsOwn() throws Exception {
    new S3ObjectStore(connection).put("q1/a.png", new EncodedObject(new byte[1], "image/png"));

    assertRetention(ARTIFACTS, "q1/a.png", RetentionMode.GOVERNANCE, 2);
    assertCannotBeDeleted(ARTIFACTS, "q1/a.png");
  }

  @Test
  void artifactsRecordsAndLogCarryTheirOwnRetentionAndLegalHold() throws Exception {
    WriteOnce wish = new WriteOnce(Optional.of(days(WriteOnce.Mode.GOVERNANCE, 9)), true);
    EncodedObject object = new EncodedObject(new byte[] {1}, "application/json");
    new S3ObjectStore(connection, wish).put("q2/a.json", object);
    RecordStore records = new S3RecordStore(connection, wish);
    assertTrue(records.putIfAbsent("q2/attestation.json", object).isPresent());
    assertFalse(records.putIfAbsent("q2/attestation.json", object).isPresent());
    assertArrayEquals(new byte[] {1}, records.get("q2/attestation.json").bytes());
    WriteOnce compliance = new WriteOnce(Optional.of(days(WriteOnce.Mode.COMPLIANCE, 9)), false);
    LogStore log = new S3LogStore(connection, new S3Location(LOG, "own"), compliance);
    assertTrue(log.putIfAbsent("tile/0/000", new byte[] {2}));

    for (String key : new String[] {"q2/a.json", "q2/attestation.json"}) {
      assertRetention(ARTIFACTS, key, RetentionMode.GOVERNANCE, 9);
      assertTrue(
          connection
              .client()
              .isObjectLegalHoldEnabled(
                  IsObjectLegalHoldEnabledArgs.builder().bucket(ARTIFACTS).object(key).build()));
      assertCannotBeDeleted(ARTIFACTS, key);
    }
    assertRetention(LOG, "own/tile/0/000", RetentionMode.COMPLIANCE, 9);
    assertCannotBeDeleted(LOG, "own/tile/0/000");
  }

  @Test
  void refusesABucketWithoutObjectLock() {
    connection.createBucketIfAbsent("open-bucket");

    var plain =
        assertThrows(
            StoreMisconfiguredException.class, () -> connection.requireObjectLock("open-bucket"));
    assertTrue(plain.getMessage().contains("open-bucket"), plain.getMessage());
    assertTrue(plain.getMessage().contains("has no object lock"), plain.getMessage());
    assertThrows(
        StoreMisconfiguredException.class,
        () -> connection.createLockedBucket("open-bucket", Optional.empty()));
  }

  private static void assertRetention(String bucket, String key, RetentionMode mode, int days)
      throws Exception {
    Retention retention =
        connection
            .client()
            .getObjectRetention(
                GetObjectRetentionArgs.builder().bucket(bucket).object(key).build());
    assertEquals(mode, retention.mode(), key);
    ZonedDateTime until = retention.retainUntilDate();
    assertTrue(until.isAfter(ZonedDateTime.now().plusDays(days).minusHours(1)), until.toString());
    assertTrue(until.isBefore(ZonedDateTime.now().plusDays(days).plusHours(1)), until.toString());
  }

  /** Every version: a deletion without one only hides the object. */
  private static void assertCannotBeDeleted(String bucket, String key) throws Exception {
    ListObjectsArgs versions =
        ListObjectsArgs.builder().bucket(bucket).prefix(key).includeVersions(true).build();
    int seen = 0;
    for (Result<Item> version : connection.client().listObjects(versions)) {
      RemoveObjectArgs remove =
          RemoveObjectArgs.builder()
              .bucket(bucket)
              .object(key)
              .versionId(version.get().versionId())
              .build();
      assertThrows(
          ErrorResponseException.class, () -> connection.client().removeObject(remove), key);
      seen++;
    }
    assertEquals(1, seen, key);
  }
}
