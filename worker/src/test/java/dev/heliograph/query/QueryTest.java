package dev.heliograph.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class QueryTest {

  @Test
  void namesTheFieldTheValueAndTheLimit() {
    assertInvalid("topK: 0 is not in 1..1000", () -> valid().topK(0).build());
    assertInvalid("topK: 1001 is not in 1..1000", () -> valid().topK(1001).build());
    assertInvalid("captions[0]: is empty", () -> valid().captions(" \t").build());
    assertInvalid("captions[1]: is empty", () -> valid().captions("is red", "").build());
    assertInvalid("captions: 0 given, 1 or 2 are needed", () -> valid().captions().build());
    assertInvalid(
        "captions: 3 given, 1 or 2 are needed", () -> valid().captions("a", "b", "c").build());
    assertInvalid(
        "captions[0]: 4097 characters, the limit is 4096",
        () -> valid().captions("x".repeat(4097)).build());
    assertInvalid(
        "saliency.maxCandidates: -1 is not in 0..100",
        () -> new SaliencyRequest(true, -1, SaliencyMethod.EXACT));
    assertInvalid(
        "gallery: \"../etc\" is not 1 to 128 of [A-Za-z0-9._-]", () -> valid().gallery("../etc"));
  }

  @Test
  void galleriesMayNameAVersion() {
    assertEquals("world@7", GalleryReference.parse("world@7").toString());
    assertTrue(GalleryReference.parse("world").version().isEmpty());
    assertInvalid(
        "gallery: \"\" is not 1 to 128 of [A-Za-z0-9._-]", () -> GalleryReference.parse("world@"));
  }

  @Test
  void aQueryIdMustFitIntoAnObjectKey() {
    assertTrue(QueryHeader.isUsableQueryId("a".repeat(128)));
    for (String bad : new String[] {"", "a".repeat(129), "a/b", "ü", "..", ".", "a b", "a\n"}) {
      assertFalse(QueryHeader.isUsableQueryId(bad), bad);
    }
  }

  @Test
  void aPrefixStaysBelowTheBucket() {
    for (String bad : new String[] {"", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "ä"}) {
      assertThrows(
          QueryFailedException.class,
          () -> new ArtifactRequest(HeatmapFormat.PNG, ArrayFormat.NPY, java.util.Optional.of(bad)),
          bad);
    }
  }

  private static QueryBuilder valid() {
    return Query.builder("q1")
        .gallery("world")
        .reference(new byte[1], "image/png")
        .captions("is red");
  }

  private static void assertInvalid(String message, Executable build) {
    QueryFailedException e = assertThrows(QueryFailedException.class, build);
    assertEquals(FailureCode.INVALID_QUERY, e.code());
    assertEquals(message, e.getMessage());
  }
}
