package dev.heliograph.app.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3ObjectStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedObjectStoreIT {
  private static final EncodedObject HELLO =
      new EncodedObject("hello".getBytes(StandardCharsets.UTF_8), "text/plain");

  @Test
  void severalRunBesideEachOtherWithTheirOwnKeys() {
    try (EmbeddedObjectStore one = EmbeddedObjectStore.inMemory();
        EmbeddedObjectStore other = EmbeddedObjectStore.inMemory()) {
      assertFalse(one.endpoint().equals(other.endpoint()));
      assertFalse(one.config("bucket").secretKey().equals(other.config("bucket").secretKey()));
    }
  }

  @Test
  void listensOnTheLoopbackAddressOnly() {
    try (EmbeddedObjectStore store = EmbeddedObjectStore.inMemory()) {
      assertEquals("127.0.0.1", store.endpoint().getHost());
    }
  }

  @Test
  void isReachableByNameToo() {
    try (EmbeddedObjectStore store = EmbeddedObjectStore.inMemory()) {
      S3Config config = store.config("bucket");
      put(
          S3Config.of(
              URI.create("http://localhost:" + store.endpoint().getPort()),
              config.region(),
              config.bucket(),
              config.accessKey(),
              config.secretKey()));
    }
  }

  @Test
  void objectsInAFolderAreFilesThatOutliveTheServer(@TempDir Path folder) throws Exception {
    try (EmbeddedObjectStore store = EmbeddedObjectStore.inFolder(folder.resolve("new"))) {
      put(store.config("bucket"));
    }

    assertEquals("hello", Files.readString(folder.resolve("new/bucket/q/hello.txt")));
  }

  @Test
  void isGoneWhenClosed() {
    EmbeddedObjectStore store = EmbeddedObjectStore.inMemory();
    S3Config config = store.config("bucket");
    put(config);
    store.close();

    try (S3Connection connection = S3Connection.open(config)) {
      assertThrows(QueryFailedException.class, connection::probe);
    }
  }

  private static void put(S3Config config) {
    try (S3Connection connection = S3Connection.open(config)) {
      connection.createBucketIfAbsent(config.bucket());
      new S3ObjectStore(connection).put("q/hello.txt", HELLO);
    }
  }
}
