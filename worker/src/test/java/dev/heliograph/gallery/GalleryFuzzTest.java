package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.testing.Fuzz;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged galleries and databases are opened or refused. */
class GalleryFuzzTest {
  private static ExactSearch search;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    search = ExactSearch.on("cpu", 0);
  }

  @AfterAll
  static void close() {
    search.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"manifest.json", "names.txt", "features.f32", "features.f16", "explanations.i16"})
  void versions(String name) throws IOException {
    GalleryManifest manifest =
        TestGalleries.publishWhole(folder, "g", TestGalleries.NOON, TestGalleries.rows(20, 4, 1));
    Path version = folder.resolve("g").resolve(manifest.version());
    Path file = version.resolve(name);

    Fuzz.Result result =
        Fuzz.of("gallery " + name)
            .corpus(Files.readAllBytes(file))
            .tokens("{", "[", "\"", "\\u0000", "\n", "..", "../", "\"size\" : ", "null,")
            .allowing(GalleryException.class)
            .mutants(500)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  GalleryInfo.of(folder, GalleryReference.parse("g"));
                  FileGallery gallery = FileGallery.open(version, search);
                  searchIfSound(gallery);
                  for (int row = 0; row < gallery.description().size(); row++) {
                    gallery.imageName(row);
                    gallery.imageUri(row);
                    gallery
                        .explain(row, new float[gallery.description().dimension()])
                        .ifPresent(map -> assertTrue(map.maximum() >= 0));
                  }
                });

    assertTrue(result.refused() > 50, result::toString);
  }

  private static void searchIfSound(FileGallery gallery) {
    float[] query = new float[gallery.description().dimension()];
    query[0] = 1;
    try {
      gallery.search(List.of(query), List.of(3));
    } catch (QueryFailedException e) {
      assertEquals(FailureCode.GALLERY_UNKNOWN, e.code());
    }
  }

  @Test
  void pointersToTheCurrentVersion() throws IOException {
    TestGalleries.publish(
        folder, "g", TestGalleries.NOON, TestGalleries.rows(3, 4, 1), Optional.empty());
    Path pointer = folder.resolve("g").resolve("current");

    Fuzz.of("gallery current")
        .corpus(Files.readAllBytes(pointer))
        .tokens("..", "/", "\0", "\n", "\u00e9")
        .allowing(GalleryException.class)
        .mutants(500)
        .run(
            bytes -> {
              Files.write(pointer, bytes);
              GalleryInfo.of(folder, GalleryReference.parse("g"));
            });
  }

  @Test
  void databases() {
    Path file = folder.resolve("mutant.pt");

    Fuzz.Result result =
        Fuzz.of("gallery-tiny.pt")
            .corpus(Golden.bytes("gallery-tiny.pt"))
            .tokens("X\u0001\0\0\0a", "N", "]", "K\u0001", "..", "file:///")
            .allowing(GalleryException.class, CheckpointException.class)
            .mutants(300)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  TorchDatabase database = TorchDatabase.open(file);
                  database.imageRoot();
                  database.openGallery(search);
                });

    assertTrue(result.refused() > 30, result::toString);
  }
}
