package dev.heliograph.store;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.LogStore;
import dev.heliograph.audit.LogStoreContract;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The log on S3Proxy, in memory, in this process. */
class EmbeddedS3LogStoreIT extends LogStoreContract {
  private static final AtomicInteger number = new AtomicInteger();
  private static EmbeddedObjectStore server;
  private static S3Connection connection;

  @BeforeAll
  static void start() {
    server = EmbeddedObjectStore.inMemory();
    connection = S3Connection.open(server.config("audit-log"));
    connection.createBucketIfAbsent("audit-log");
  }

  @AfterAll
  static void stop() {
    connection.close();
    server.close();
  }

  @Override
  protected LogStore store() {
    S3Location location = new S3Location("audit-log", "run" + number.incrementAndGet());
    return new S3LogStore(connection, location, WriteOnce.NONE);
  }
}
