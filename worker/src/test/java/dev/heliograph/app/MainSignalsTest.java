package dev.heliograph.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heliograph.gallery.GalleryInfo;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that is told to stop while its model computes. */
class MainSignalsTest {
  private static final int SIGTERM_STATUS = 143;

  /** A chunk, after which the build is stopped, and enough for it to be under way then. */
  private static final int IMAGES = 1024 + 600;

  @TempDir Path folder;
  @TempDir Path temporary;

  @Test
  void aBuildStopsWithoutACrashAndCanGoOn() throws Exception {
    Path images = ShapesGallery.draw(folder.resolve("images"), 1);
    for (int i = 1; i < IMAGES; i++) {
      Files.createLink(images.resolve(i + ".jpg"), images.resolve("scene-0.jpg"));
    }
    Path firstChunk = folder.resolve("galleries/birds/.build/000000.f32");

    Process stopped = build(images);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(firstChunk) || !stopped.isAlive());
    stopped.destroy();
    assertEquals(SIGTERM_STATUS, stopped.waitFor(), printed());
    assertFalse(Files.exists(folder.resolve("crash.log")));
    assertArrayEquals(new String[0], temporary.toFile().list());

    assertEquals(0, build(images).waitFor(), printed());
    assertEquals(
        IMAGES,
        GalleryInfo.of(folder.resolve("galleries"), GalleryReference.parse("birds"))
            .manifest()
            .size());
  }

  private Process build(Path images) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ErrorFile=" + folder.resolve("crash.log"),
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "gallery",
            "build",
            "birds",
            images.toString(),
            "--galleries=" + folder.resolve("galleries"),
            "--device=cpu",
            "--model=" + ShapesGallery.MODEL);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("printed").toFile())
        .start();
  }

  private String printed() throws IOException {
    return Files.readString(folder.resolve("printed"));
  }
}
