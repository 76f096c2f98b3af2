package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLogStoreTest extends LogStoreContract {
  @TempDir Path folder;

  @Override
  protected LogStore store() {
    return new FolderLogStore(folder.resolve("log"));
  }

  @Test
  void neitherReadsNorWritesOutsideOfItsFolder() throws IOException {
    Files.writeString(folder.resolve("secret"), "s");
    LogStore store = store();
    store.putIfAbsent("a", new byte[1]);
    Files.createSymbolicLink(folder.resolve("log/link"), folder.resolve("secret"));

    assertThrows(IOException.class, () -> store.get("../secret", 10));
    assertThrows(IOException.class, () -> store.putIfAbsent("../other", new byte[1]));
    assertEquals(Optional.empty(), store.get("link", 10));
  }

  @Test
  void readingAMissingFolderMakesNone() throws IOException {
    assertEquals(Optional.empty(), store().get("checkpoint", 10));
    assertFalse(Files.exists(folder.resolve("log")));
  }

  @Test
  void sealsALogAndLeavesNoTemporaryFiles() throws IOException {
    LogExamples.seal(store(), LogExamples.entries(0, 20));

    assertEquals(LogExamples.entries(0, 20), LogExamples.read(store()));
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(0, files.filter(f -> f.getFileName().toString().startsWith(".new")).count());
    }
  }
}
