package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderObjectStoreTest extends ObjectStoreContract {
  @TempDir Path folder;

  @Override
  ObjectStore store() {
    return new FolderObjectStore(folder.resolve("made/when/needed"));
  }

  @Test
  void uriIsTheFile() {
    Artifact artifact = put("q/results.json", "{}");

    assertEquals(folder.resolve("made/when/needed/q/results.json").toUri(), artifact.uri());
    assertEquals(artifact.uri(), artifact.url());
  }

  @Test
  void leavesNothingButTheObjects() throws IOException {
    put("q/a", "1");
    put("q/a", "2");
    put("q/b", "3");

    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(2, files.filter(Files::isRegularFile).count());
    }
  }

  @Test
  void aFailedPutLeavesNoTrace() throws IOException {
    Files.createDirectories(folder.resolve("made/when/needed/q/a/occupied"));

    QueryFailedException failure = assertThrows(QueryFailedException.class, () -> put("q/a", "1"));

    assertEquals(FailureCode.STORE_UNAVAILABLE, failure.code());
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(0, files.filter(Files::isRegularFile).count());
    }
  }

  @Test
  void aFileInTheWayIsReportedAsUnavailable() {
    put("q", "a file where a folder is needed");

    QueryFailedException failure = assertThrows(QueryFailedException.class, () -> put("q/a", "1"));

    assertEquals(FailureCode.STORE_UNAVAILABLE, failure.code());
    assertTrue(failure.getMessage().contains("made/when/needed/q/a"), failure.getMessage());
  }

  @Test
  void refusesToFollowALinkOutOfTheFolder() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    store();
    Files.createSymbolicLink(folder.resolve("made/when/needed/link"), outside);

    assertThrows(IllegalArgumentException.class, () -> put("link/deep/x", "1"));

    assertFalse(Files.exists(outside.resolve("deep")));
  }

  @Test
  void replacesALinkInsteadOfWritingThroughIt() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "untouched");
    store();
    Files.createSymbolicLink(folder.resolve("made/when/needed/x"), outside);

    put("x", "new");

    assertEquals("untouched", Files.readString(outside));
    assertEquals("new", Files.readString(folder.resolve("made/when/needed/x")));
  }

  @Test
  void aFolderThatCannotBeMadeIsReportedAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    QueryFailedException failure =
        assertThrows(
            QueryFailedException.class, () -> new FolderObjectStore(file.resolve("below")));

    assertEquals(FailureCode.STORE_UNAVAILABLE, failure.code());
  }
}
