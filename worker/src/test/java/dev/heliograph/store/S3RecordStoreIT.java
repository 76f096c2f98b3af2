package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.RecordStore;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records on S3Proxy, in memory, in this process. */
class S3RecordStoreIT {
  private static final String BUCKET = "artifacts";
  private static final EncodedObject RECORD =
      new EncodedObject(new byte[] {1, 2}, "application/vnd.dsse.envelope.v1+json");

  private final EmbeddedObjectStore server = EmbeddedObjectStore.inMemory();
  private final S3Connection connection = S3Connection.open(server.config(BUCKET));
  private final RecordStore records = new S3RecordStore(connection, WriteOnce.NONE);

  @BeforeEach
  void createBucket() {
    connection.createBucketIfAbsent(BUCKET);
  }

  @AfterEach
  void close() {
    connection.close();
    server.close();
  }

  @Test
  void whatWasKeptFirstStays() {
    Artifact stored = records.putIfAbsent("q/attestation.json", RECORD).orElseThrow();
    assertEquals(
        Optional.empty(),
        records.putIfAbsent("q/attestation.json", new EncodedObject(new byte[3], "text/plain")));

    RecordStore.Kept kept = records.get("q/attestation.json");
    assertArrayEquals(RECORD.bytes(), kept.bytes());
    assertEquals("s3://artifacts/q/attestation.json", stored.uri().toString());
    assertEquals(stored.sha256(), kept.artifact().sha256());
    assertEquals(2, kept.artifact().bytes());
  }

  @Test
  void aStoreThatIsGoneIsATransientFailure() {
    server.close();

    for (Runnable call :
        new Runnable[] {
          () -> records.putIfAbsent("q/attestation.json", RECORD),
          () -> records.get("q/attestation.json")
        }) {
      QueryFailedException e = assertThrows(QueryFailedException.class, call::run);
      assertEquals(FailureCode.STORE_UNAVAILABLE, e.code());
    }
  }

  @Test
  void saysThatThisStoreKnowsNoObjectLock() {
    var e =
        assertThrows(StoreMisconfiguredException.class, () -> connection.requireObjectLock(BUCKET));
    assertTrue(e.getMessage().contains("artifacts"), e.getMessage());
    assertTrue(e.getMessage().contains("object lock"), e.getMessage());
  }
}
