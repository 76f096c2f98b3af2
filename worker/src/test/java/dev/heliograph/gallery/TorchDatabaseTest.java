package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.DataType;
import dev.heliograph.checkpoint.Tensor;
import dev.heliograph.checkpoint.TorchFile;
import dev.heliograph.checkpoint.TorchFileWriter;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchDatabaseTest {
  private static final Clock CLOCK = Clock.fixed(TestGalleries.NOON, ZoneOffset.UTC);

  private static ExactSearch search;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    search = ExactSearch.on("cpu", 0);
  }

  @AfterAll
  static void close() {
    search.close();
  }

  @Test
  void importsAPublishedDatabaseBitForBit() throws IOException {
    Path file = Golden.path("gallery-tiny.pt");

    GalleryManifest manifest = importInto(file, Optional.empty());

    assertEquals(40, manifest.size());
    assertEquals(48, manifest.dimension());
    assertEquals("ViT-B/32", manifest.clipModel());
    assertEquals(PreprocessType.TARGETPAD, manifest.preprocess());
    assertEquals(Optional.empty(), manifest.clipSha256());
    assertEquals(Optional.empty(), manifest.imageRoot());
    assertTrue(manifest.origin().startsWith("imported from gallery-tiny.pt, sha256 "));
    byte[] rows =
        Files.readAllBytes(folder.resolve("g").resolve(manifest.version()).resolve("features.f32"));
    assertEquals(TorchFile.tensors(file).get("features").data(), ByteBuffer.wrap(rows));
    assertEquals(List.of(), GalleryInfo.of(folder, GalleryReference.parse("g")).problems());
  }

  @Test
  void exportsWhatItImports() {
    Path exported = folder.resolve("exported.pt");
    GalleryManifest first = importInto(Golden.path("gallery-tiny.pt"), Optional.empty());

    TorchDatabase.export(folder, "g", first.version(), exported);
    GalleryManifest second =
        TorchDatabase.open(exported).importInto(folder, "h", Optional.empty(), "test", CLOCK);

    assertEquals(first.sha256(), second.sha256());
    assertEquals(first.clipModel(), second.clipModel());
  }

  @Test
  void keepsModelAndRootThroughExport() {
    GalleryManifest built =
        TestGalleries.publish(
            folder,
            "built",
            TestGalleries.NOON,
            TestGalleries.rows(3, 4, 1),
            Optional.of(TestGalleries.CLIP_SHA256));
    Path exported = folder.resolve("exported.pt");

    TorchDatabase.export(folder, "built", built.version(), exported);
    GalleryManifest manifest = importInto(exported, Optional.empty());

    assertEquals(Optional.of(TestGalleries.CLIP_SHA256), manifest.clipSha256());
    assertEquals(Optional.of(URI.create("file:///images")), manifest.imageRoot());
    assertEquals(built.sha256(), manifest.sha256());
  }

  @Test
  void opensWithoutLeavingAnythingBehind() throws IOException {
    FileGallery gallery = TorchDatabase.open(Golden.path("gallery-tiny.pt")).openGallery(search);
    FileGallery rooted = gallery.withImageRoot(URI.create("file:///photos/"));

    assertEquals("square-512.png", gallery.imageName(0));
    assertEquals(Optional.empty(), gallery.imageUri(0));
    assertEquals(Optional.of(URI.create("file:///photos/square-512.png")), rooted.imageUri(0));
    assertEquals(Optional.of(URI.create("file:///photos/")), rooted.description().imageRoot());
    assertEquals(40, gallery.search(List.of(new float[48]), List.of(40)).get(0).size());
  }

  @Test
  void normalisesRowsThatAreNotUnit() throws IOException {
    Path file = database(new float[] {3, 4, 0, 2}, List.of("a", "b"), Map.of());

    GalleryManifest manifest = importInto(file, Optional.empty());

    byte[] rows =
        Files.readAllBytes(folder.resolve("g").resolve(manifest.version()).resolve("features.f32"));
    float[] values = new float[4];
    ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    assertArrayEquals(new float[] {0.6f, 0.8f, 0, 1}, values);
  }

  @Test
  void keepsTheFirstOfANameAndLeavesOutNamesThatAreNone() throws IOException {
    Path file =
        database(new float[] {1, 0, 0, 1, 0, 1, 1, 0}, List.of("a", "a", "b\n", "c"), Map.of());

    GalleryManifest manifest = importInto(file, Optional.empty());

    assertEquals(2, manifest.size());
    assertEquals(List.of("a", "b\n"), manifest.skipped().stream().map(SkippedImage::name).toList());
    assertEquals("row 1 repeats a name", manifest.skipped().get(0).reason());
  }

  @Test
  void findsTheFolderOfImages() throws IOException {
    float[] rows = {1, 0};
    Path absolute = database(rows, List.of("a"), Map.of("image_root", "/data/ima ges"));
    assertEquals(
        Optional.of(URI.create("file:///data/ima%20ges")),
        TorchDatabase.open(absolute).imageRoot());
    Path bucket =
        database(rows, List.of("a"), Map.of("root", "s3://b/p/", "dataset_path", "s3://b/q/"));
    assertEquals(Optional.of(URI.create("s3://b/q/")), TorchDatabase.open(bucket).imageRoot());
    assertEquals(
        Optional.of(URI.create("s3://c/")),
        importInto(bucket, Optional.of(URI.create("s3://c/"))).imageRoot());
    Path none = database(rows, List.of("a"), Map.of("root", "s3://b/ /"));
    assertThrows(GalleryException.class, () -> TorchDatabase.open(none).imageRoot());
  }

  @ParameterizedTest
  @ValueSource(floats = {0, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE})
  void refusesRowsWithoutADirection(float value) throws IOException {
    Path file = database(new float[] {1, 0, value, 0}, List.of("a", "b"), Map.of());

    var e = assertThrows(GalleryException.class, () -> importInto(file, Optional.empty()));

    assertTrue(e.getMessage().contains("row 1 is "), e.getMessage());
    try (var children = Files.list(folder.resolve("g"))) {
      assertEquals(List.of(), children.toList());
    }
  }

  @Test
  void refusesFilesThatAreNoDatabase() throws IOException {
    assertThrows(GalleryException.class, () -> TorchDatabase.open(Golden.path("phi-b32-tiny.pt")));
    assertThrows(
        CheckpointException.class, () -> TorchDatabase.open(Golden.path("images/square-512.png")));
    Path fewNames = database(new float[] {1, 0, 0, 1}, List.of("a"), Map.of());
    var e = assertThrows(GalleryException.class, () -> TorchDatabase.open(fewNames));
    assertTrue(e.getMessage().contains("has 2 features and 1 names"), e.getMessage());
    Path numbers = database(new float[] {1, 0}, List.of(7L), Map.of());
    assertThrows(GalleryException.class, () -> importInto(numbers, Optional.empty()));
    Path odd = database(new float[] {1, 0}, List.of("a"), Map.of("preprocess_type", "fold"));
    assertThrows(GalleryException.class, () -> importInto(odd, Optional.empty()));
  }

  private GalleryManifest importInto(Path file, Optional<URI> root) {
    return TorchDatabase.open(file).importInto(folder, "g", root, "test", CLOCK);
  }

  private Path database(float[] rows, List<?> names, Map<String, ?> info) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(rows.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(rows);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("features", Tensor.of(DataType.FLOAT32, new long[] {rows.length / 2, 2}, bytes));
    values.put("names", names);
    values.put("dataset_info", info);
    Path file = folder.resolve("database.pt");
    TorchFileWriter.write(file, values);
    return file;
  }
}
