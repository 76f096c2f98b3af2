package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.gallery.TestGalleries.HashModel;
import dev.heliograph.gallery.TestGalleries.TextImages;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryBuilderTest {
  private static final GalleryBuilder.Limits LIMITS =
      new GalleryBuilder.Limits(3, 2, 2, 4, 1000, 1000);

  private static final GalleryStorage EXPLAINED = new GalleryStorage(true, false);

  private static final GalleryBuilder.Progress QUIET = (done, total, skipped) -> {};

  /** Three batches of two make one chunk and a half. */
  private static final List<String> NAMES =
      Stream.concat(
              IntStream.range(0, 30).mapToObj(i -> String.format("%02d.png", i)),
              Stream.of("broken.png", "missing.png", "猫/🍏.png", "line\nfeed.png"))
          .sorted()
          .toList();

  private static final TextImages IMAGES = new TextImages(NAMES, "");

  @TempDir Path folder;

  @Test
  void encodesWhatCanBeReadAndListsTheRest() throws Exception {
    List<String> progress = new ArrayList<>();

    GalleryManifest manifest =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(
                folder,
                "birds",
                IMAGES,
                EXPLAINED,
                false,
                (done, total, skipped) -> progress.add(done + "/" + total + " " + skipped));

    assertEquals(31, manifest.size());
    assertEquals("ViT-T/1", manifest.clipModel());
    assertEquals(Optional.of(TestGalleries.CLIP_SHA256), manifest.clipSha256());
    assertEquals(Optional.of(TestGalleries.MODEL.precision()), manifest.precision());
    assertEquals(Optional.of(URI.create("s3://pictures/all/")), manifest.imageRoot());
    assertEquals(
        List.of("broken.png", "line\nfeed.png", "missing.png"),
        manifest.skipped().stream().map(SkippedImage::name).toList());
    assertEquals("not an image", manifest.skipped().get(0).reason());
    assertTrue(manifest.version().startsWith("20261124T120000Z-"), manifest.version());
    assertEquals("0/34 0", progress.get(0));
    assertEquals("34/34 3", progress.get(progress.size() - 1));
    GalleryInfo info = GalleryInfo.of(folder, GalleryReference.parse("birds"));
    assertEquals(manifest, info.manifest());
    assertEquals(List.of(), info.problems());
    assertTrue(info.current());
    assertEquals(List.of("current", manifest.version()), children(folder.resolve("birds")));
  }

  @Test
  void explainsEachImageByItsOwnTangents() throws Exception {
    builder(new HashModel(9, -1), Duration.ZERO)
        .build(folder, "birds", IMAGES, EXPLAINED, false, QUIET);
    try (ExactSearch search = ExactSearch.on("cpu", 0)) {
      var gallery =
          new GalleryFolder(folder, TestGalleries.MODEL, PreprocessType.TARGETPAD, search)
              .find(GalleryReference.parse("birds"));
      for (int row = 0; row < gallery.description().size(); row++) {
        byte[] image = IMAGES.read(gallery.imageName(row), 1000);
        float[] feature =
            TestGalleries.feature(
                TestGalleries.PREPROCESSOR.prepare(TestGalleries.READER.read(image, 1)));
        assertEquals(2, gallery.explain(row, feature).orElseThrow().grid()[0], 0.01);
      }
    }
  }

  @Test
  void explanationsChangeTheDigestAndNotTheFeatures() throws Exception {
    GalleryManifest plain =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "birds", IMAGES, GalleryStorage.DEFAULT, false, QUIET);
    GalleryManifest explained =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "birds", IMAGES, EXPLAINED, false, QUIET);

    assertEquals(Optional.empty(), plain.explanations());
    assertEquals(plain.featuresSha256(), explained.featuresSha256());
    assertNotEquals(plain.sha256(), explained.sha256());
    assertTrue(explained.explanations().isPresent());
  }

  @Test
  void halvesChangeTheDigestAndNotTheRest() throws Exception {
    GalleryManifest explained =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "birds", IMAGES, EXPLAINED, false, QUIET);
    GalleryManifest halved =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "birds", IMAGES, new GalleryStorage(true, true), false, QUIET);

    assertEquals(Optional.empty(), explained.halves());
    assertTrue(halved.halves().isPresent());
    assertEquals(explained.explanations(), halved.explanations());
    assertEquals(explained.featuresSha256(), halved.featuresSha256());
    assertNotEquals(explained.sha256(), halved.sha256());
    GalleryInfo info = GalleryInfo.of(folder, GalleryReference.parse("birds"));
    assertEquals(halved, info.manifest());
    assertEquals(List.of(), info.problems());
  }

  @Test
  void findsEachImageByItsOwnFeature() throws Exception {
    builder(new HashModel(9, -1), Duration.ZERO)
        .build(folder, "birds", IMAGES, EXPLAINED, false, QUIET);
    try (ExactSearch search = ExactSearch.on("cpu", 0)) {
      var gallery =
          new GalleryFolder(folder, TestGalleries.MODEL, PreprocessType.TARGETPAD, search)
              .find(GalleryReference.parse("birds"));
      int row = 30;
      String name = gallery.imageName(row);
      float[] feature =
          TestGalleries.feature(
              TestGalleries.PREPROCESSOR.prepare(
                  TestGalleries.READER.read(IMAGES.read(name, 1000), 1)));

      assertEquals("猫/🍏.png", name);
      assertEquals(row, gallery.search(List.of(feature), List.of(1)).get(0).get(0).index());
      assertEquals(
          Optional.of(new URI("s3", "pictures", "/all/猫/🍏.png", null)), gallery.imageUri(row));
    }
  }

  @Test
  void halvesABatchThatTheDeviceCannotHold() throws Exception {
    GalleryManifest whole =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "a", IMAGES, EXPLAINED, false, QUIET);
    GalleryManifest halved =
        builder(new HashModel(1, -1), Duration.ZERO)
            .build(folder, "b", IMAGES, EXPLAINED, false, QUIET);

    assertEquals(whole.sha256(), halved.sha256());
  }

  @Test
  void goesOnAfterBeingKilledAndEndsWithTheSameBytes() throws Exception {
    Path uninterrupted = folder.resolve("whole");
    GalleryManifest expected =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(uninterrupted, "birds", IMAGES, EXPLAINED, false, QUIET);
    Path galleries = folder.resolve("killed");
    for (int batches : List.of(0, 1, 5, 7)) {
      assertEquals(137, runInOwnProcess(galleries, batches));
      assertThrows(
          GalleryException.class, () -> GalleryInfo.of(galleries, GalleryReference.parse("birds")));
    }
    // a chunk that was damaged since is not trusted
    Path chunk = galleries.resolve("birds/.build/000001.f32");
    byte[] bytes = Files.readAllBytes(chunk);
    bytes[3] ^= 1;
    Files.write(chunk, bytes);
    Files.delete(galleries.resolve("birds/.build/000000.i16"));
    HashModel model = new HashModel(9, -1);

    GalleryManifest resumed =
        builder(model, Duration.ofHours(1))
            .build(galleries, "birds", IMAGES, EXPLAINED, false, QUIET);

    assertTrue(model.encoded() < 31, model.encoded() + " encoded again");
    assertEquals(expected, resumed);
    Path first = uninterrupted.resolve("birds").resolve(expected.version());
    Path second = galleries.resolve("birds").resolve(expected.version());
    for (String file : children(first)) {
      assertArrayEquals(
          Files.readAllBytes(first.resolve(file)), Files.readAllBytes(second.resolve(file)), file);
    }
    assertEquals(children(first), children(second));
    assertFalse(Files.exists(galleries.resolve("birds/.build")));
  }

  @Test
  void stopsResumablyWhenTheStoreIsDown() throws Exception {
    var e =
        assertThrows(
            GalleryException.class,
            () ->
                builder(new HashModel(9, -1), Duration.ZERO)
                    .build(
                        folder, "birds", new TextImages(NAMES, "20.png"), EXPLAINED, false, QUIET));
    assertTrue(e.getMessage().contains("can be resumed: 20.png: timeout"), e.getMessage());
    HashModel model = new HashModel(9, -1);

    builder(model, Duration.ZERO).build(folder, "birds", IMAGES, EXPLAINED, false, QUIET);

    assertEquals(11, model.encoded());
  }

  @Test
  void failsAsItsModelDoesOnceNoThreadUsesItAnyMore() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    TwoThreadsModel model = new TwoThreadsModel(error);

    OutOfMemoryError thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                builder(model, Duration.ZERO)
                    .build(folder, "birds", IMAGES, GalleryStorage.DEFAULT, false, QUIET));

    assertSame(error, thrown);
    assertFalse(model.computes, "the model is still used");
  }

  @Test
  void failsAsItsPreprocessorDoes() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    GalleryBuilder builder =
        builder(
            new HashModel(9, -1),
            image -> {
              throw error;
            },
            Duration.ZERO);

    OutOfMemoryError thrown =
        assertThrows(
            OutOfMemoryError.class,
            () -> builder.build(folder, "birds", IMAGES, EXPLAINED, false, QUIET));

    assertSame(error, thrown);
  }

  @Test
  void doesNotMixTwoPlans() throws Exception {
    assertThrows(
        GalleryException.class,
        () ->
            builder(new HashModel(9, -1), Duration.ZERO)
                .build(folder, "birds", new TextImages(NAMES, "20.png"), EXPLAINED, false, QUIET));
    TextImages fewer = new TextImages(NAMES.subList(0, 20), "");

    var e =
        assertThrows(
            GalleryException.class,
            () ->
                builder(new HashModel(9, -1), Duration.ZERO)
                    .build(folder, "birds", fewer, EXPLAINED, false, QUIET));
    assertTrue(e.getMessage().contains("images was 34 and is 20"), e.getMessage());

    GalleryManifest manifest =
        builder(new HashModel(9, -1), Duration.ZERO)
            .build(folder, "birds", fewer, EXPLAINED, true, QUIET);
    assertEquals(20, manifest.size());
  }

  @Test
  void refusesASecondBuildOfTheSameGallery() throws Exception {
    GalleryBuilder.Progress nested =
        (done, total, skipped) -> {
          var e =
              assertThrows(
                  GalleryException.class,
                  () ->
                      builder(new HashModel(9, -1), Duration.ZERO)
                          .build(folder, "birds", IMAGES, EXPLAINED, false, QUIET));
          assertTrue(e.getMessage().contains("under way"), e.getMessage());
        };

    builder(new HashModel(9, -1), Duration.ZERO)
        .build(folder, "birds", IMAGES, EXPLAINED, false, nested);
  }

  @Test
  void refusesAFolderWithoutUsableImages() {
    GalleryBuilder builder = builder(new HashModel(9, -1), Duration.ZERO);

    var none =
        assertThrows(
            GalleryException.class,
            () ->
                builder.build(folder, "a", new TextImages(List.of(), ""), EXPLAINED, false, QUIET));
    var broken =
        assertThrows(
            GalleryException.class,
            () ->
                builder.build(
                    folder,
                    "a",
                    new TextImages(List.of("broken.png"), ""),
                    EXPLAINED,
                    false,
                    QUIET));

    assertTrue(none.getMessage().contains("no images in s3://pictures/all/"));
    assertTrue(broken.getMessage().contains("none of 1 images can be used; broken.png: not an"));
    assertFalse(Files.exists(folder.resolve("a/current")));
    assertThrows(
        GalleryException.class,
        () -> builder.build(folder, "../a", IMAGES, EXPLAINED, false, QUIET));
  }

  /** The first batch fails while another thread computes the second, which is slow to stop. */
  private static final class TwoThreadsModel extends HashModel {
    private final ModelPixels first =
        TestGalleries.PREPROCESSOR.prepare(
            TestGalleries.READER.read(NAMES.get(0).getBytes(UTF_8), 1));
    private static final Duration STOPPING = Duration.ofMillis(300);

    private final CountDownLatch started = new CountDownLatch(1);
    private final Error error;
    private volatile boolean computes;

    private TwoThreadsModel(Error error) {
      super(9, -1);
      this.error = error;
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      if (Arrays.equals(images.get(0).rgb(), first.rgb())) {
        awaitStarted();
        throw error;
      }
      computes = true;
      started.countDown();
      long end = System.nanoTime() + STOPPING.toNanos();
      while (System.nanoTime() < end) {
        Thread.onSpinWait(); // as PyTorch, deaf to interrupts
      }
      computes = false;
      return super.encode(images);
    }

    private void awaitStarted() {
      try {
        started.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static GalleryBuilder builder(HashModel model, Duration later) {
    return builder(model, TestGalleries.PREPROCESSOR, later);
  }

  private static GalleryBuilder builder(
      HashModel model, Preprocessor preprocessor, Duration later) {
    return new GalleryBuilder(
        model,
        PreprocessType.TARGETPAD,
        TestGalleries.READER,
        preprocessor,
        LIMITS,
        "heliograph test",
        Clock.fixed(TestGalleries.NOON.plus(later), ZoneOffset.UTC));
  }

  private static List<String> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .map(child -> child.getFileName().toString())
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  private static int runInOwnProcess(Path galleries, int batches) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            GalleryBuilderTest.class.getName(),
            galleries.toString(),
            Integer.toString(batches))
        .inheritIO()
        .start()
        .waitFor();
  }

  /** A build that dies after so many batches. */
  public static void main(String[] arguments) throws Exception {
    builder(new HashModel(9, Integer.parseInt(arguments[1])), Duration.ZERO)
        .build(Path.of(arguments[0]), "birds", IMAGES, EXPLAINED, false, QUIET);
  }
}
