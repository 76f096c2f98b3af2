package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GalleryImageSourceTest {
  @TempDir Path folder;
  private Path root;
  private GalleryImageSource source;

  @BeforeEach
  void makeGallery() throws IOException {
    root = Files.createDirectories(folder.resolve("gallery"));
    Files.createDirectories(root.resolve("sub"));
    Files.writeString(root.resolve("cat.png"), "cat");
    Files.writeString(root.resolve("sub/red dress é %.png"), "dress");
    Files.writeString(folder.resolve("secret.png"), "secret");
    source = new GalleryImageSource(List.of(root.toUri()), Optional.empty());
  }

  @Test
  void readsImagesBelowTheRoot() {
    assertEquals("cat", read(root.resolve("cat.png").toUri()));
    assertEquals("dress", read(root.resolve("sub/red dress é %.png").toUri()));
  }

  @Test
  void aRootWithoutTrailingSlashIsTheSameFolder() {
    source =
        new GalleryImageSource(
            List.of(URI.create(root.toUri().toString().replaceFirst("/$", ""))), Optional.empty());

    assertEquals("cat", read(root.resolve("cat.png").toUri()));
  }

  @Test
  void followsLinksThatStayInside() throws IOException {
    Files.createSymbolicLink(root.resolve("alias.png"), Path.of("cat.png"));
    Path linkedRoot = Files.createSymbolicLink(folder.resolve("linked"), root);
    source = new GalleryImageSource(List.of(linkedRoot.toUri()), Optional.empty());

    assertEquals("cat", read(linkedRoot.resolve("alias.png").toUri()));
  }

  @Test
  void refusesLinksThatLeadOutside() throws IOException {
    Files.createSymbolicLink(root.resolve("file.png"), folder.resolve("secret.png"));
    Files.createSymbolicLink(root.resolve("dir"), folder);

    assertReason(Reason.FORBIDDEN, root.resolve("file.png").toUri(), 99);
    assertReason(Reason.FORBIDDEN, root.resolve("dir/secret.png").toUri(), 99);
  }

  @Test
  void refusesPathsThatLeadOutside() {
    assertReason(Reason.FORBIDDEN, URI.create(root.toUri() + "../secret.png"), 99);
    assertReason(Reason.FORBIDDEN, URI.create(root.toUri() + "%2e%2e/secret.png"), 99);
    assertReason(Reason.FORBIDDEN, URI.create(root.toUri() + "..%2fsecret.png"), 99);
    assertReason(Reason.FORBIDDEN, folder.resolve("secret.png").toUri(), 99);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://host/cat.png",
        "jar:file:/x.jar!/cat.png",
        "file://host/cat.png",
        "file:cat.png",
        "file:///cat.png?x",
        "file:///cat.png#x",
        "file:///a%00b",
        "s3://bucket/cat.png",
        "cat.png",
        ""
      })
  void refusesOtherAddresses(String uri) {
    assertReason(Reason.FORBIDDEN, URI.create(uri), 99);
  }

  @Test
  void missingFilesAndFoldersAreNotFound() {
    assertReason(Reason.NOT_FOUND, root.resolve("none.png").toUri(), 99);
    assertReason(Reason.NOT_FOUND, root.resolve("sub").toUri(), 99);
    assertReason(Reason.NOT_FOUND, URI.create(root.toUri() + "cat.png/below.png"), 99);
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = root.resolve("pipe.png");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());

    assertReason(Reason.NOT_FOUND, pipe.toUri(), 99);
  }

  @Test
  void filesOverTheLimitAreNotRead() {
    assertEquals(3, source.read(root.resolve("cat.png").toUri(), 3).length);
    assertReason(Reason.TOO_LARGE, root.resolve("cat.png").toUri(), 2);
  }

  @Test
  void filesThatClaimToBeEmptyAreStillCounted() {
    // Below /proc every file has size 0, whatever can be read from it.
    source = new GalleryImageSource(List.of(URI.create("file:///proc/")), Optional.empty());

    assertReason(Reason.TOO_LARGE, URI.create("file:///proc/cpuinfo"), 10);
  }

  @Test
  void rootsThatComeLaterCount() {
    List<URI> roots = new ArrayList<>();
    source = new GalleryImageSource(() -> roots, Optional.empty());
    assertReason(Reason.FORBIDDEN, root.resolve("cat.png").toUri(), 99);

    roots.add(root.toUri());

    assertEquals("cat", read(root.resolve("cat.png").toUri()));
  }

  @Test
  void aRootThatIsGoneDoesNotHideTheOthers() {
    source =
        new GalleryImageSource(
            List.of(folder.resolve("gone").toUri(), root.toUri()), Optional.empty());

    assertEquals("cat", read(root.resolve("cat.png").toUri()));
  }

  private String read(URI uri) {
    return new String(source.read(uri, 1000), StandardCharsets.UTF_8);
  }

  private void assertReason(Reason reason, URI uri, long limit) {
    ImageSourceException e =
        assertThrows(ImageSourceException.class, () -> source.read(uri, limit));
    assertEquals(reason, e.reason(), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
