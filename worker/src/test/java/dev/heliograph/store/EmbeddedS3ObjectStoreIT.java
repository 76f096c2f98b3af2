package dev.heliograph.store;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store on S3Proxy, in memory, in this process. */
class EmbeddedS3ObjectStoreIT extends S3ObjectStoreContract {
  private static EmbeddedObjectStore server;

  @BeforeAll
  static void start() {
    server = EmbeddedObjectStore.inMemory();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  S3Config config() {
    return server.config(BUCKET);
  }
}
