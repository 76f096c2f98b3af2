package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.heliograph.pipeline.Gallery;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class GalleryFolderTest {
  private static final Optional<String> CLIP = Optional.of(TestGalleries.CLIP_SHA256);

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
  void opensTheCurrentVersion() {
    GalleryManifest manifest = publish("birds", 0, 5, CLIP);

    Gallery gallery = catalog().find(GalleryReference.parse("birds"));

    assertEquals(manifest.description(), gallery.description());
    assertEquals("image-3.png", gallery.imageName(3));
    assertEquals(Optional.of(URI.create("file:///images/image-3.png")), gallery.imageUri(3));
    assertThrows(IndexOutOfBoundsException.class, () -> gallery.imageName(5));
    assertEquals(List.of("birds"), catalog().names());
  }

  @Test
  void aGalleryThatCannotBeReadNowIsWorthAnotherTry() throws IOException {
    GalleryManifest manifest = publish("birds", 0, 5, CLIP);
    Path file = folder.resolve("birds").resolve(manifest.version()).resolve("manifest.json");
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    Files.createDirectory(file); // can be opened, and not be read

    QueryFailedException e =
        assertThrows(
            QueryFailedException.class, () -> catalog().find(GalleryReference.parse("birds")));
    assertEquals(FailureCode.STORE_UNAVAILABLE, e.code());

    Files.delete(file);
    Files.write(file, bytes);
    assertEquals("birds", catalog().find(GalleryReference.parse("birds")).description().name());
  }

  @Test
  void switchesWithoutRestartAndLeavesTheOldVersionToThoseWhoHoldIt() {
    GalleryManifest first = publish("birds", 0, 5, CLIP);
    GalleryFolder catalog = catalog();
    Gallery before = catalog.find(GalleryReference.parse("birds"));
    float[] query = TestGalleries.rows(1, TestGalleries.DIMENSION, 99).get(0);
    var hits = before.search(List.of(query), List.of(5));

    GalleryManifest second = publish("birds", 1, 7, CLIP);
    Gallery after = catalog.find(GalleryReference.parse("birds"));

    assertEquals(second.version(), after.description().version());
    assertEquals(7, after.description().size());
    assertEquals(hits, before.search(List.of(query), List.of(5)));
    Gallery named = catalog.find(GalleryReference.parse("birds@" + first.version()));
    assertEquals(first.version(), named.description().version());
    assertSame(after, catalog.find(GalleryReference.parse("birds@" + second.version())));
    assertEquals(
        List.of(first.version(), second.version()),
        GalleryInfo.of(folder, GalleryReference.parse("birds")).versions());
  }

  @Test
  void refusesUnknownGalleriesAndVersions() {
    publish("birds", 0, 5, CLIP);

    assertUnknown("cats", "there is no cats");
    assertUnknown("birds@20200101T000000Z-00000000", "there is no birds@2020");
    assertUnknown("birds@current", "there is no birds@current");
  }

  @Test
  void refusesAGalleryOfAnotherModelAndNamesBoth() {
    publish("birds", 0, 5, Optional.of("cd".repeat(32)));

    String message =
        assertUnknown("birds", "was encoded by ViT-T/1 (sha256 cdcdcdcdcdcd, dimension 6,");

    assertTrue(
        message.contains("this worker runs ViT-T/1 (sha256 abababababab, dimension 6, targetpad)"));
  }

  @Test
  void refusesAnotherDimensionOrPreprocess() {
    TestGalleries.publish(
        folder, "wide", TestGalleries.NOON, TestGalleries.rows(3, 9, 1), Optional.empty());
    publish("birds", 0, 5, Optional.empty());

    assertUnknown("wide", "dimension 9");
    GalleryFolder squares =
        new GalleryFolder(folder, TestGalleries.MODEL, PreprocessType.SQUAREPAD, search);
    assertThrows(QueryFailedException.class, () -> squares.find(GalleryReference.parse("birds")));
    assertEquals(5, catalog().find(GalleryReference.parse("birds")).description().size());
  }

  @Test
  void anotherPrecisionIsAllowedAndLogged() {
    GalleryManifest manifest = publish("birds", 0, 5, CLIP);
    ModelDescription plain = TestGalleries.MODEL;
    ModelDescription reduced =
        new ModelDescription(
            plain.clipModel(),
            plain.clipSha256(),
            plain.phiSha256(),
            plain.evalType(),
            plain.side(),
            plain.patchesPerSide(),
            plain.dimension(),
            plain.device(),
            "bfloat16");
    List<String> said = logged(() -> find(plain));
    List<String> saidOfOther = logged(() -> find(reduced));

    String birds = "Gallery birds@" + manifest.version();
    assertEquals(1, said.size(), said::toString);
    assertTrue(
        saidOfOther.contains(birds + " was encoded in float32, queries are in bfloat16"),
        saidOfOther::toString);
  }

  @Test
  void readsManifestsThatDoNotStateAPrecision() throws IOException {
    GalleryManifest manifest = publish("birds", 0, 5, CLIP);
    assertEquals(Optional.of("float32"), manifest.precision());
    byte[] without =
        new String(ManifestJson.write(manifest), UTF_8)
            .replaceFirst("\"precision\" : \"float32\",", "")
            .getBytes(UTF_8);
    assertEquals(Optional.empty(), ManifestJson.read(without).precision());
  }

  private Gallery find(ModelDescription model) {
    return new GalleryFolder(folder, model, PreprocessType.TARGETPAD, search)
        .find(GalleryReference.parse("birds"));
  }

  private static List<String> logged(Supplier<Gallery> step) {
    Logger logger = (Logger) LoggerFactory.getLogger(GalleryFolder.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    logger.addAppender(events);
    try {
      step.get();
    } finally {
      logger.detachAppender(events);
    }
    return events.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void keepsTheVersionItHasWhenThePointerIsDamaged() throws IOException {
    publish("birds", 0, 5, CLIP);
    GalleryFolder catalog = catalog();
    Gallery gallery = catalog.find(GalleryReference.parse("birds"));

    Files.writeString(folder.resolve("birds/current"), "../../etc\n");

    assertSame(gallery, catalog.find(GalleryReference.parse("birds")));
    assertUnknown("birds", "cannot be used");
  }

  @Test
  void refusesAVersionUnderAnotherName() throws IOException {
    GalleryManifest manifest = publish("birds", 0, 5, CLIP);
    Files.move(
        folder.resolve("birds").resolve(manifest.version()), folder.resolve("birds/renamed"));

    assertUnknown("birds@renamed", "the manifest says birds@" + manifest.version());
  }

  @Test
  void neverShowsAHalfWrittenVersion() throws Exception {
    publish("birds", 0, 5, CLIP);
    GalleryFolder catalog = catalog();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        results.add(
            readers.submit(
                () -> {
                  while (!done.get()) {
                    Gallery gallery = catalog.find(GalleryReference.parse("birds"));
                    gallery.imageName(gallery.description().size() - 1);
                  }
                }));
      }
      for (int version = 1; version <= 40; version++) {
        publish("birds", version, 5 + version, CLIP);
      }
      done.set(true);
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      done.set(true);
      readers.shutdownNow();
    }
  }

  private GalleryManifest publish(String name, int hour, int size, Optional<String> clip) {
    return TestGalleries.publish(
        folder,
        name,
        TestGalleries.NOON.plusSeconds(3600L * hour),
        TestGalleries.rows(size, TestGalleries.DIMENSION, hour),
        clip);
  }

  private GalleryFolder catalog() {
    return new GalleryFolder(folder, TestGalleries.MODEL, PreprocessType.TARGETPAD, search);
  }

  private String assertUnknown(String reference, String complaint) {
    var e =
        assertThrows(
            QueryFailedException.class, () -> catalog().find(GalleryReference.parse(reference)));
    assertEquals(FailureCode.GALLERY_UNKNOWN, e.code());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
    return e.getMessage();
  }
}
