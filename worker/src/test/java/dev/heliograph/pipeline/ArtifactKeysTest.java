package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.SaliencyRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactKeysTest {
  private static final Instant SUBMITTED = Instant.parse("2026-11-23T23:59:59.999Z");

  @Test
  void filesLieBelowTheUtcDateOfSubmissionAndTheQueryId() {
    Query query = query("q-1", SUBMITTED, ArtifactRequest.DEFAULT);

    assertEquals("2026/11/23/q-1/reference_heatmap.png", ArtifactKeys.referenceHeatmap(query));
    assertEquals("2026/11/23/q-1/reference_saliency.npy", ArtifactKeys.referenceArray(query));
    assertEquals(
        "2026/11/23/q-1/result_1_heatmap_dress.png",
        ArtifactKeys.candidateHeatmap(query, 1, "images/dress.jpg"));
    assertEquals(
        "2026/11/23/q-1/result_12_saliency_dress.npy",
        ArtifactKeys.candidateArray(query, 12, "images/dress.jpg"));
    assertEquals("2026/11/23/q-1/results.json", ArtifactKeys.resultDocument(query));
    assertEquals(
        "2026/11/23/q-1/attestation.json",
        ArtifactKeys.attestation(Optional.of(query), query.header(), 1));
    assertEquals(
        "2026/11/23/q-1/attestation-2.json",
        ArtifactKeys.attestation(Optional.empty(), query.header(), 2));
  }

  @Test
  void aPrefixOfTheQuerysOwnReplacesTheDate() {
    Query query =
        query(
            "q-1",
            SUBMITTED,
            new ArtifactRequest(HeatmapFormat.WEBP, ArrayFormat.NPZ, Optional.of("team/run.7")));

    assertEquals("team/run.7/q-1/reference_heatmap.webp", ArtifactKeys.referenceHeatmap(query));
    assertEquals("team/run.7/q-1/reference_saliency.npz", ArtifactKeys.referenceArray(query));
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 1970/01/01",
    "0999-02-03T04:05:06Z, 0999/02/03",
    "+10000-01-01T00:00:00Z, 10000/01/01",
    "-0001-01-01T00:00:00Z, -001/01/01",
    "+292278994-08-17T07:12:55.807Z, 292278994/08/17",
  })
  void everyDateThatAnEventCanCarryMakesASafeKey(String submitted, String prefix) {
    Query query = query("q", Instant.parse(submitted), ArtifactRequest.DEFAULT);

    assertEquals(prefix + "/q/results.json", ArtifactKeys.resultDocument(query));
  }

  @ParameterizedTest
  @CsvSource({
    "dress.jpg, dress",
    "a/b/dress.jpg, dress",
    "'C:\\pictures\\dress.jpg', dress",
    "dress, dress",
    "dress.old.tar.gz, dress.old.tar",
    ".hidden, .hidden",
    "..., ..",
    "red dress (2).jpg, red_dress_2_",
    "été.png, _t_",
    "赤いドレス.png, _",
    "x.日本, x",
    "'', _",
    "folder/, _",
    "'../../etc/passwd', passwd",
    "%2e%2e%2f.png, _2e_2e_2f",
  })
  void nameIsTheFileStemMadeSafe(String imageName, String stem) {
    assertEquals(stem, ArtifactKeys.safeStem(imageName));
  }

  @Test
  void controlCharactersAreReplaced() {
    assertEquals("a_b", ArtifactKeys.safeStem("a\u0000\r\n\tb.jpg"));
  }

  @Test
  void longNamesAreCut() {
    assertEquals("x".repeat(80), ArtifactKeys.safeStem("x".repeat(80) + ".jpg"));
    assertEquals("x".repeat(80), ArtifactKeys.safeStem("x".repeat(100_000) + ".jpg"));
  }

  @Test
  void resultsWithTheSameStemDifferByRank() {
    Query query = query("q", SUBMITTED, ArtifactRequest.DEFAULT);

    assertNotEquals(
        ArtifactKeys.candidateHeatmap(query, 1, "front/001.jpg"),
        ArtifactKeys.candidateHeatmap(query, 2, "back/001.png"));
    assertNotEquals(
        ArtifactKeys.candidateArray(query, 1, "ä.jpg"),
        ArtifactKeys.candidateArray(query, 2, "ö.jpg"));
  }

  @Test
  void rankAndNameCannotBeMistakenForEachOther() {
    Query query = query("q", SUBMITTED, ArtifactRequest.DEFAULT);

    assertNotEquals(
        ArtifactKeys.candidateHeatmap(query, 1, "1_heatmap_x.jpg"),
        ArtifactKeys.candidateHeatmap(query, 11, "heatmap_x.jpg"));
  }

  @ParameterizedTest
  @EnumSource(value = HeatmapFormat.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void heatmapsCarryTheirFormatsExtension(HeatmapFormat format) {
    Query query =
        query("q", SUBMITTED, new ArtifactRequest(format, ArrayFormat.NONE, Optional.empty()));

    assertTrue(ArtifactKeys.referenceHeatmap(query).endsWith("." + format.extension()));
    assertTrue(ArtifactKeys.candidateHeatmap(query, 3, "x").endsWith("_x." + format.extension()));
  }

  @ParameterizedTest
  @EnumSource(value = ArrayFormat.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void arraysCarryTheirFormatsExtension(ArrayFormat format) {
    Query query =
        query("q", SUBMITTED, new ArtifactRequest(HeatmapFormat.NONE, format, Optional.empty()));

    assertTrue(ArtifactKeys.referenceArray(query).endsWith("." + format.extension()));
    assertTrue(ArtifactKeys.candidateArray(query, 3, "x").endsWith("_x." + format.extension()));
  }

  @Test
  void refusesToNameAFileThatTheQueryDoesNotAskFor() {
    Query query = query("q", SUBMITTED, ArtifactRequest.NONE);

    assertThrows(IllegalArgumentException.class, () -> ArtifactKeys.referenceHeatmap(query));
    assertThrows(IllegalArgumentException.class, () -> ArtifactKeys.candidateArray(query, 1, "x"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesARankBelowOne(int rank) {
    Query query = query("q", SUBMITTED, ArtifactRequest.DEFAULT);

    assertThrows(
        IllegalArgumentException.class, () -> ArtifactKeys.candidateHeatmap(query, rank, "x"));
  }

  @Test
  void theLongestKeyFitsEveryStore() {
    String prefix = "p".repeat(512);
    Query query =
        query(
            "i".repeat(128),
            SUBMITTED,
            new ArtifactRequest(HeatmapFormat.WEBP, ArrayFormat.NPY, Optional.of(prefix)));

    String key = ArtifactKeys.candidateArray(query, 1000, "n".repeat(5000) + ".jpg");

    assertTrue(key.length() < 1024, () -> key.length() + " characters");
  }

  private static Query query(String id, Instant submittedAt, ArtifactRequest artifacts) {
    return new Query(
        new QueryHeader(id, submittedAt, Map.of()),
        GalleryReference.parse("demo"),
        new ReferenceImage.Inline(new byte[] {1}, "image/png"),
        List.of("is red"),
        10,
        SaliencyRequest.DEFAULT,
        artifacts,
        Optional.empty());
  }
}
