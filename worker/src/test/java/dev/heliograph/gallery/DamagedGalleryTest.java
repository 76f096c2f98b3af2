package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.GalleryReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DamagedGalleryTest {
  private static ExactSearch search;

  @TempDir Path folder;

  private Path version;

  @BeforeAll
  static void open() {
    search = ExactSearch.on("cpu", 0);
  }

  @AfterAll
  static void close() {
    search.close();
  }

  @BeforeEach
  void publish() {
    GalleryManifest manifest =
        TestGalleries.publish(
            folder, "g", TestGalleries.NOON, TestGalleries.rows(20, 4, 1), Optional.empty());
    version = folder.resolve("g").resolve(manifest.version());
  }

  @Test
  void refusesFeaturesOfAnotherSize() throws IOException {
    Path features = version.resolve("features.f32");
    byte[] bytes = Files.readAllBytes(features);
    Files.write(features, Arrays.copyOf(bytes, bytes.length - 4));

    assertRefused("has 316 bytes, 20 rows of 4 need 320");
    assertEquals(1, GalleryInfo.of(folder, GalleryReference.parse("g")).problems().size());
  }

  @Test
  void findsChangedFeaturesWhenAsked() throws IOException {
    Path features = version.resolve("features.f32");
    byte[] bytes = Files.readAllBytes(features);
    bytes[100] ^= 1;
    Files.write(features, bytes);

    GalleryInfo info = GalleryInfo.of(folder, GalleryReference.parse("g"));

    assertEquals(1, info.problems().size());
    assertTrue(info.problems().get(0).contains("features.f32: has sha256"));
  }

  @Test
  void refusesExplanationsOfAnotherSize() throws IOException {
    publishExplained();
    Path explanations = version.resolve("explanations.i16");
    byte[] bytes = Files.readAllBytes(explanations);
    assertEquals(20 * (8 + 4 + 2 * 4), bytes.length);
    Files.write(explanations, Arrays.copyOf(bytes, bytes.length - 2));

    assertRefused("explanations.i16: has 398 bytes, 20 records of 20 need 400");
    assertEquals(1, GalleryInfo.of(folder, GalleryReference.parse("g")).problems().size());
    Files.delete(explanations);
    assertRefused("explanations.i16");
  }

  @Test
  void findsChangedExplanationsWhenAsked() throws IOException {
    publishExplained();
    assertChangeIsFound("explanations.i16");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"rows\" : 1      | \"rows\" : 2       | does not follow from the digests",
        "\"rows\" : 1      | \"rows\" : 0       | have rows 0, expected 1..256",
        "\"columns\" : 1   | \"columns\" : 257  | have columns 257, expected 1..256",
        "\"side\" : 1      | \"side\" : 8193    | have side 8193, expected 1..8192",
        "\"side\" : 1      | \"side\" : null    | side: found NULL",
        "\"explanations\"  | \"expectations\"   | rows: found MISSING",
        "\"format\" : 2    | \"format\" : 1     | does not follow from the digests",
      })
  void refusesAnExplainedManifestThatDoesNotFit(String from, String to, String complaint)
      throws IOException {
    publishExplained();
    refusesAManifestThatDoesNotFit(from, to, complaint);
  }

  @Test
  void refusesHalvesOfAnotherSize() throws IOException {
    publishHalved();
    Path halves = version.resolve("features.f16");
    byte[] bytes = Files.readAllBytes(halves);
    Files.write(halves, Arrays.copyOf(bytes, bytes.length - 2));

    assertRefused("features.f16: has 158 bytes, 20 rows of 4 need 160");
    assertEquals(1, GalleryInfo.of(folder, GalleryReference.parse("g")).problems().size());
    Files.delete(halves);
    assertRefused("features.f16");
  }

  @Test
  void findsChangedHalvesWhenAsked() throws IOException {
    publishHalved();
    assertChangeIsFound("features.f16");
  }

  private void assertChangeIsFound(String name) throws IOException {
    assertEquals(List.of(), GalleryInfo.of(folder, GalleryReference.parse("g")).problems());
    Path file = version.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);

    GalleryInfo info = GalleryInfo.of(folder, GalleryReference.parse("g"));

    assertEquals(1, info.problems().size());
    assertTrue(info.problems().get(0).contains(name + ": has sha256"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"largestError\" : | \"largestError\" : 1, \"x\" :  | does not follow from the digests",
        "\"largestError\" : | \"largestError\" : 9, \"x\" :  | largestError 9.0, expected 0..1",
        "\"largestError\" : | \"largestError\" : -1, \"x\" : | largestError -1.0, expected 0..1",
        "\"largestError\"   | \"error\"              | largestError: found MISSING",
        "\"halves\"         | \"wholes\"             | largestError: found MISSING",
        "\"format\" : 3     | \"format\" : 1         | does not follow from the digests",
        "\"format\" : 3     | \"format\" : 2         | rows: found MISSING",
      })
  void refusesAHalvedManifestThatDoesNotFit(String from, String to, String complaint)
      throws IOException {
    publishHalved();
    refusesAManifestThatDoesNotFit(from, to, complaint);
  }

  @Test
  void refusesChangedNames() throws IOException {
    Files.writeString(version.resolve("names.txt"), "other\n");

    assertRefused("names.txt: has sha256");
  }

  @Test
  void refusesNamesThatAreNotAsManyAsRows() throws IOException {
    Path names = Files.writeString(folder.resolve("names"), "a\nb\n");
    String sha256 = Sha256.hex(Sha256.newDigest().digest("a\nb\n".getBytes(UTF_8)));

    assertEquals("b", NameTable.open(names, 2, sha256).get(1));
    for (int size : new int[] {1, 3, Integer.MAX_VALUE}) {
      assertThrows(GalleryException.class, () -> NameTable.open(names, size, sha256));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\" : 1      | \"format\" : 4       | is of format 4, this version reads 1 to 3",
        "\"size\" : 20       | \"size\" : 21        | does not follow from the digests",
        "\"size\" : 20       | \"size\" : -1        | has size -1, expected 1 or more",
        "\"size\" : 20       | \"size\" : 1e99      | size: found NUMBER",
        "\"dimension\" : 4   | \"dimension\" : 9999 | dimension 9999, expected 1..4096",
        "\"dimension\" : 4   | \"dimension\" : \"4\" | dimension: found STRING",
        "\"name\" : \"g\"    | \"name\" : \"..\"    | is not 1 to 128 of",
        "targetpad           | stretch              | preprocess: \"stretch\" is not known",
        "file:///images/     | not a uri            | is not a URI",
        "2026-11-24T12:00:00Z | yesterday           | is not an instant",
        "\"tool\" : \"test\" | \"tool\" : null      | tool: found NULL",
        "{                   | [                    | is not JSON",
      })
  void refusesAManifestThatDoesNotFit(String from, String to, String complaint) throws IOException {
    Path manifest = version.resolve("manifest.json");
    String sound = Files.readString(manifest);
    assertTrue(sound.contains(from), sound);
    Files.writeString(manifest, sound.replaceFirst(Pattern.quote(from), to));

    assertRefused(complaint);
  }

  private void publishExplained() {
    GalleryManifest manifest =
        TestGalleries.publishExplained(
            folder, "g", TestGalleries.NOON, TestGalleries.rows(20, 4, 1));
    version = folder.resolve("g").resolve(manifest.version());
  }

  private void publishHalved() {
    GalleryManifest manifest =
        TestGalleries.publishHalved(folder, "g", TestGalleries.NOON, TestGalleries.rows(20, 4, 1));
    version = folder.resolve("g").resolve(manifest.version());
  }

  private void assertRefused(String complaint) {
    var e = assertThrows(GalleryException.class, () -> FileGallery.open(version, search));
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
    assertTrue(e.getMessage().startsWith(version.toString()), e.getMessage());
  }
}
