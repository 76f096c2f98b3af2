package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.ReferenceImage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplanationRecordTest {
  private static byte[] compose(
      Optional<Query> query, QueryOutcome outcome, AuditContext context, CaptionPolicy captions) {
    return ExplanationRecord.compose(query, outcome, context, captions, List.of("key-1"));
  }

  private static byte[] completed(CaptionPolicy captions) {
    return compose(
        Optional.of(AuditExamples.query("q1")),
        AuditExamples.completed("q1"),
        AuditExamples.context(),
        captions);
  }

  private static JsonNode predicate(byte[] statement) {
    return Statement.parse("statement", statement).predicate();
  }

  @Test
  void everyStoredObjectIsASubjectWithItsDigest() {
    Statement statement = Statement.parse("statement", completed(CaptionPolicy.CLEAR));

    Map<URI, byte[]> objects = AuditExamples.objects("q1");
    assertEquals(objects.size() + 1, statement.subjects().size());
    assertEquals("urn:heliograph:request:q1", statement.subjects().get(0).name());
    assertEquals(statement.requestSha256(), statement.subjects().get(0).sha256());
    for (Statement.Subject subject : statement.subjects().subList(1, objects.size() + 1)) {
      byte[] bytes = objects.get(subject.uri().orElseThrow());
      assertEquals(Digests.hex(bytes), subject.sha256());
      assertTrue(subject.uri().get().getPath().endsWith("/" + subject.name()));
    }
  }

  @Test
  void saysWhatWasAskedWithWhatAndWhatWasAnswered() {
    JsonNode predicate = predicate(completed(CaptionPolicy.CLEAR));

    assertEquals("COMPLETED", predicate.get("outcome").asText());
    assertEquals(4711, predicate.at("/delivery/offset").asInt());
    assertEquals("studio-7", predicate.at("/request/attributes/tenant").asText());
    assertEquals("2026-11-23T10:16:30Z", predicate.at("/request/deadline").asText());
    assertEquals("s3://queries/ref.jpg", predicate.at("/request/reference/uri").asText());
    assertEquals("reference-sha", predicate.at("/inputs/reference/sha256").asText());
    assertEquals(6, predicate.at("/inputs/reference/exifOrientation").asInt());
    assertEquals(1125, predicate.at("/inputs/tokens/ids/0/2").asInt());
    assertEquals("3", predicate.at("/gallery/version").asText());
    assertEquals("cosine", predicate.at("/gallery/metric").asText());
    assertEquals("tokenizer-sha", predicate.at("/models/tokenizer/sha256").asText());
    assertEquals("0.48145467", predicate.at("/preprocess/mean/0").asText());
    assertEquals(12, predicate.at("/method/heads").asInt());
    assertEquals("52b66e6", predicate.at("/environment/gitRevision").asText());
    assertEquals("true", predicate.at("/environment/determinism/deterministicAlgorithms").asText());
    assertEquals("0.31415927", predicate.at("/result/ranking/0/similarity").asText());
    assertEquals("1.5E-7", predicate.at("/result/ranking/0/saliency/grid/1").asText());
    assertEquals("0.25", predicate.at("/result/ranking/0/saliency/rawMaximum").asText());
    assertEquals("CANDIDATE_NOT_FOUND", predicate.at("/result/warnings/0/code").asText());
    assertEquals("0.00001", predicate.at("/replayTolerance/score").asText());
    assertEquals("SIGNED", predicate.at("/signing/state").asText());
  }

  @Test
  void theAffineMapLeadsFromOriginalToModelPixels() {
    JsonNode affine =
        predicate(completed(CaptionPolicy.CLEAR)).at("/inputs/reference/geometry/affine");
    ImageGeometry geometry = ImageGeometry.plan(400, 300, 224, PreprocessType.TARGETPAD);

    for (int x : new int[] {0, 17, 399}) {
      assertEquals(
          geometry.inputX(x),
          affine.get("scaleX").asDouble() * (x + 0.5) + affine.get("offsetX").asDouble(),
          1e-9);
    }
    for (int y : new int[] {0, 17, 299}) {
      assertEquals(
          geometry.inputY(y),
          affine.get("scaleY").asDouble() * (y + 0.5) + affine.get("offsetY").asDouble(),
          1e-9);
    }
  }

  @Test
  void failedAndExpiredQueriesHaveRecordsToo() {
    AuditContext early =
        new AuditContext(
            Optional.empty(),
            RunEvidence.of(Optional.empty(), Optional.empty(), 3),
            AuditExamples.engine());
    byte[] failed =
        compose(Optional.empty(), AuditExamples.failed("q1"), early, CaptionPolicy.CLEAR);
    byte[] expired =
        compose(
            Optional.of(AuditExamples.query("q1")),
            AuditExamples.expired("q1"),
            AuditExamples.context(),
            CaptionPolicy.CLEAR);

    assertEquals("FAILED", predicate(failed).get("outcome").asText());
    assertEquals("GALLERY_UNKNOWN", predicate(failed).at("/failure/code").asText());
    assertEquals(3, predicate(failed).at("/delivery/attempt").asInt());
    assertEquals("clip-sha", predicate(failed).at("/models/clip/sha256").asText());
    assertEquals("EXPIRED", predicate(expired).get("outcome").asText());
    assertEquals("fashion", predicate(expired).at("/request/gallery").asText());
    assertEquals(1, Statement.parse("expired", expired).subjects().size());
  }

  @Test
  void byConfigurationCaptionsAndTheTokensThatSpellThemAreDigests() {
    byte[] bytes = completed(CaptionPolicy.DIGEST);
    String json = new String(bytes, StandardCharsets.UTF_8);

    assertFalse(json.contains("sleeves"));
    assertFalse(json.contains("1125"));
    assertEquals(
        Digests.hex("is red, with \"long\" sleeves".getBytes(StandardCharsets.UTF_8)),
        predicate(bytes).at("/request/captions/sha256/0").asText());
    assertEquals(
        Digests.hex("[[49406,320,1125,49407]]".getBytes(StandardCharsets.UTF_8)),
        predicate(bytes).at("/inputs/tokens/sha256").asText());
  }

  @Test
  void recordsNoLinkThatExpiresAndNoPixels() {
    String json = new String(completed(CaptionPolicy.CLEAR), StandardCharsets.UTF_8);

    assertFalse(json.contains("X-Amz-Signature"), json);
  }

  @Test
  void recordsOfASendersAddressOnlyWhatIsNoCredential() {
    Query asked = AuditExamples.query("q1");
    Query presigned =
        new Query(
            asked.header(),
            asked.gallery(),
            new ReferenceImage.Located(
                URI.create("https://me:pw@store.example/b/ref.jpg?X-Amz-Signature=secret#part"),
                Optional.empty()),
            asked.captions(),
            asked.topK(),
            asked.saliency(),
            asked.artifacts(),
            asked.deadline());
    byte[] statement =
        compose(
            Optional.of(presigned),
            AuditExamples.completed("q1"),
            AuditExamples.context(),
            CaptionPolicy.CLEAR);

    String json = new String(statement, StandardCharsets.UTF_8);
    assertFalse(json.contains("secret") || json.contains("pw@"), json);
    assertEquals(
        "https://store.example/b/ref.jpg",
        predicate(statement).at("/request/reference/uri").asText());
    RecordedExplanation recorded =
        RecordedExplanation.of(Statement.parse("statement", statement)).orElseThrow();
    assertTrue(recorded.referenceUriShortened());
    assertFalse(
        RecordedExplanation.of(Statement.parse("statement", completed(CaptionPolicy.CLEAR)))
            .orElseThrow()
            .referenceUriShortened());
  }

  /** The whole record of the example, on every JDK. */
  @Test
  void bytesDoNotDependOnTheJdkOrTheOrderOfMaps() {
    byte[] statement = completed(CaptionPolicy.CLEAR);

    assertArrayEquals(statement, completed(CaptionPolicy.CLEAR));
    assertEquals(
        "0886ebb6be9b997a9c79b1c4af2a8c4de09d749eeeb0f630595f32cb72259e54", Digests.hex(statement));
  }

  @Test
  void parsingAndWritingAgainGivesTheSameBytes() throws Exception {
    byte[] statement = completed(CaptionPolicy.CLEAR);

    Object plain = new ObjectMapper().readValue(statement, Object.class);

    assertArrayEquals(statement, CanonicalJson.write(plain));
  }
}
