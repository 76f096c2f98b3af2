package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.Golden;
import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryCommandTest {
  private static final int IMAGES = 3;

  @TempDir private Path folder;

  @Test
  void buildsAndListsWhatItSkipped() throws IOException {
    Path images = ShapesGallery.draw(folder.resolve("images"), IMAGES);
    Files.copy(Golden.path("images-bad/text.jpg"), images.resolve("text.jpg"));

    CommandRun run = build(images);

    assertEquals(0, run.exitCode(), run::err);
    List<String> lines = run.outLines();
    assertTrue(lines.get(0).matches("gallery +shapes@\\S+"), run::out);
    assertTrue(lines.contains("images      " + IMAGES + " x 96"), run::out);
    assertTrue(lines.contains("skipped     1"), run::out);
    assertTrue(lines.stream().anyMatch(line -> line.matches(" +text\\.jpg: .+")), run::out);
    assertEquals("", run.err());
  }

  @Test
  void describesAnIntactGallery() throws IOException {
    CommandRun built = build(ShapesGallery.draw(folder.resolve("images"), IMAGES));

    CommandRun run = CommandRun.of("gallery", "info", "shapes", "--galleries", folder);

    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.out().startsWith(built.out()), run::out);
    assertTrue(run.outLines().contains("current     yes"), run::out);
    assertTrue(run.outLines().contains("digests     intact"), run::out);
  }

  @Test
  void remembersThePrecisionItWasBuiltIn() throws IOException {
    Path images = ShapesGallery.draw(folder.resolve("images"), IMAGES);
    assertTrue(build(images).outLines().contains("precision   float32"));

    CommandRun reduced =
        CommandRun.of(
            "gallery",
            "build",
            "shapes",
            images,
            "--model=" + ShapesGallery.MODEL,
            "--galleries=" + folder,
            "--device=cpu",
            "--precision=bfloat16");

    assertEquals(0, reduced.exitCode(), reduced::err);
    assertTrue(reduced.outLines().contains("precision   bfloat16"), reduced::out);
  }

  @Test
  void saysWhetherImagesAreExplainedAndHowLargeThatIs() throws IOException {
    Path images = ShapesGallery.draw(folder.resolve("images"), IMAGES);
    assertTrue(build(images).outLines().contains("explained   no"));

    CommandRun run =
        CommandRun.of(
            "gallery",
            "build",
            "shapes",
            images,
            "--model",
            ShapesGallery.MODEL,
            "--galleries",
            folder,
            "--explanations");

    // 8 bytes for the size of the image, and for each patch a scale and 96 numbers
    int bytes = 8 + 64 * (4 + 2 * 96);
    String line = "explained   every image, 8 x 8 grids, " + bytes + " bytes an image, 0.0 MB";
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.outLines().contains(line), run::out);
  }

  @Test
  void aGalleryWithHalfFeaturesAnswersAsOneWithout() throws IOException {
    Path images = ShapesGallery.draw(folder.resolve("images"), IMAGES);
    assertTrue(build(images).outLines().contains("halves      no"));
    Path database = folder.resolve("shapes.pt");
    CommandRun.of("gallery", "export", "shapes", database, "--galleries", folder);

    CommandRun built =
        CommandRun.of(
            "gallery",
            "build",
            "built",
            images,
            "--galleries=" + folder,
            "--model=" + ShapesGallery.MODEL,
            "--device=cpu",
            "--half-features");
    CommandRun imported =
        CommandRun.of(
            "gallery", "import", "taken", database, "--galleries", folder, "--half-features");

    for (CommandRun run : List.of(built, imported)) {
      assertEquals(0, run.exitCode(), run::err);
      assertTrue(run.outLines().contains("halves      a search reads 0.0 MB"), run::out);
    }
    Path reference = images.resolve(Objects.requireNonNull(images.toFile().list())[0]);
    String expected = answer("shapes", reference);
    assertEquals(expected, answer("built", reference));
    assertEquals(expected, answer("taken", reference));
  }

  private String answer(String gallery, Path reference) {
    CommandRun run =
        CommandRun.of(
            "query",
            "--database-path=" + folder.resolve(gallery),
            "--model=" + ShapesGallery.MODEL,
            "--eval-type=phi",
            "--reference-image=" + reference,
            "--caption=is blue",
            "--top-k=3",
            "--output-format=json");
    assertEquals(0, run.exitCode(), run::err);
    return run.out();
  }

  @Test
  void findsOneFlippedBit() throws IOException {
    build(ShapesGallery.draw(folder.resolve("images"), IMAGES));
    Path features = features("shapes");
    byte[] bytes = Files.readAllBytes(features);
    bytes[bytes.length / 2] ^= 1;
    Files.write(features, bytes);

    CommandRun run = CommandRun.of("gallery", "info", "shapes", "--galleries", folder);

    assertEquals(1, run.exitCode());
    assertTrue(run.outLines().contains("digests     DAMAGED"), run::out);
    assertTrue(run.out().contains(features.getFileName().toString()), run::out);
  }

  @Test
  void importsWhatItExported() throws IOException {
    build(ShapesGallery.draw(folder.resolve("images"), IMAGES));
    Path database = folder.resolve("shapes.pt");

    CommandRun exported =
        CommandRun.of("gallery", "export", "shapes", database, "--galleries", folder);
    CommandRun imported =
        CommandRun.of("gallery", "import", "copy", database, "--galleries", folder);

    assertEquals(0, exported.exitCode(), exported::err);
    assertTrue(exported.out().matches("wrote shapes@\\S+ to .*shapes\\.pt\\R"), exported::out);
    assertEquals(0, imported.exitCode(), imported::err);
    assertTrue(imported.out().startsWith("gallery     copy@"), imported::out);
    assertArrayEquals(Files.readAllBytes(features("shapes")), Files.readAllBytes(features("copy")));
    CommandRun info = CommandRun.of("gallery", "info", "copy", "--galleries", folder);
    assertTrue(info.outLines().contains("digests     intact"), info::out);
  }

  @Test
  void refusesAGalleryThatIsNotThere() {
    CommandRun run = CommandRun.of("gallery", "info", "shapes", "--galleries", folder);

    assertEquals(1, run.exitCode());
    assertEquals(1, run.errLines().size(), run::err);
    assertTrue(run.err().startsWith("heliograph: ") && run.err().contains("shapes"), run::err);
    assertEquals("", run.out());
  }

  @Test
  void choosesVersionsItself() {
    CommandRun run =
        CommandRun.of("gallery", "import", "shapes@mine", "any.pt", "--galleries", folder);

    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains("shapes@mine"), run::err);
  }

  private CommandRun build(Path images) {
    return CommandRun.of(
        "gallery",
        "build",
        "shapes",
        images,
        "--galleries",
        folder,
        "--model",
        ShapesGallery.MODEL,
        "--device=cpu");
  }

  private Path features(String gallery) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(gallery))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("features"))
          .findFirst()
          .orElseThrow();
    }
  }
}
