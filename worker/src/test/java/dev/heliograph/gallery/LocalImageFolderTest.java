package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalImageFolderTest {
  @TempDir Path parent;

  private Path root;

  @BeforeEach
  void fill() throws IOException {
    root = parent.resolve("images");
    for (String name :
        List.of("b.JPG", "a/z.png", "a/b/c.webp", "notes.txt", ".hidden.png", ".git/x.png")) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.writeString(root.resolve(name), name);
    }
    Files.writeString(parent.resolve("secret.png"), "secret");
    Files.createSymbolicLink(root.resolve("inside.png"), Path.of("a/z.png"));
    Files.createSymbolicLink(root.resolve("outside.png"), parent.resolve("secret.png"));
    Files.createSymbolicLink(root.resolve("loop"), root);
  }

  @Test
  void listsImagesBelowTheFolderSorted() {
    LocalImageFolder images = LocalImageFolder.open(root);

    assertEquals(
        List.of("a/b/c.webp", "a/z.png", "b.JPG", "inside.png", "outside.png"), images.names());
    assertEquals("images/", root.getParent().toUri().relativize(images.root()).toString());
  }

  @Test
  void readsFilesAndLinksThatStayInside() {
    LocalImageFolder images = LocalImageFolder.open(root);

    assertArrayEquals("b.JPG".getBytes(), images.read("b.JPG", 5));
    assertArrayEquals("a/z.png".getBytes(), images.read("inside.png", 100));
  }

  @ParameterizedTest
  @CsvSource({
    "outside.png,   FORBIDDEN",
    "../secret.png, FORBIDDEN",
    "gone.png,      NOT_FOUND",
    "a/b/c.webp,    TOO_LARGE"
  })
  void refusesTheRest(String name, Reason reason) {
    LocalImageFolder images = LocalImageFolder.open(root);

    var e = assertThrows(ImageSourceException.class, () -> images.read(name, 5));

    assertEquals(reason, e.reason());
  }

  @Test
  void refusesAFolderThatIsNone() {
    assertThrows(GalleryException.class, () -> LocalImageFolder.open(root.resolve("b.JPG")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.png", "a/../../x.png", "/etc/passwd", ".", "", "a/..", "nul\0.png"})
  void namesThatLeadOutsideTheRootHaveNoAddress(String name) {
    assertEquals(Optional.empty(), ImageRoot.resolve(URI.create("file:///images/"), name));
    assertEquals(Optional.empty(), ImageRoot.resolve(URI.create("s3://bucket/images/"), name));
  }

  @Test
  void namesInsideTheRootHaveOne() {
    URI folder = URI.create("file:///images/");
    URI bucket = URI.create("s3://bucket/images");
    assertEquals(
        "file:///images/a%20%23.png", ImageRoot.resolve(folder, "a #.png").get().toString());
    assertEquals("file:///images/b.png", ImageRoot.resolve(folder, "a/../b.png").get().toString());
    assertEquals(
        "file:///images/b.png", ImageRoot.resolve(folder, "/images/b.png").get().toString());
    assertEquals(
        "s3://bucket/images/a%20%23%3F.png",
        ImageRoot.resolve(bucket, "a #?.png").get().toString());
  }
}
