package dev.heliograph.store;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The store on S3Proxy, with files below a folder, in this process. */
class EmbeddedFolderS3ObjectStoreIT extends S3ObjectStoreContract {
  private static EmbeddedObjectStore server;

  @BeforeAll
  static void start(@TempDir Path folder) {
    server = EmbeddedObjectStore.inFolder(folder.resolve("store"));
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
