package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReplayComparisonTest {
  private final Statement statement =
      AuditExamples.statement(AuditExamples.record("q1", AuditExamples.key()));
  private final Answer answer = AuditExamples.answer("q1");

  private ReplayReport replay(Answer recomputed) {
    return ReplayComparison.replay(statement, recorded -> recomputed);
  }

  private Answer with(List<RankedImage> results) {
    return new Answer(
        results,
        answer.referenceSaliency(),
        answer.warnings(),
        answer.resultDocument(),
        answer.provenance(),
        answer.timings());
  }

  private Answer withFirst(UnaryOperator<Saliency> change, float similarity) {
    RankedImage first = answer.results().get(0);
    return with(
        List.of(
            new RankedImage(
                1, first.imageName(), first.imageUri(), similarity, first.saliency().map(change)),
            answer.results().get(1)));
  }

  private static Saliency grid(Saliency saliency, float... grid) {
    SaliencyMap map = saliency.map();
    return new Saliency(
        new SaliencyMap(map.method(), map.rows(), map.columns(), grid, map.geometry()),
        saliency.explainedScore(),
        saliency.rankingScore(),
        saliency.heatmap(),
        saliency.array());
  }

  private static Optional<Artifact> otherBytes(Optional<Artifact> artifact) {
    return artifact.map(
        a -> new Artifact(a.uri(), a.url(), Digests.hex(new byte[1]), 1, a.mediaType()));
  }

  @Test
  void theSameAnswerIsBitwiseEqual() {
    ReplayReport report = replay(answer);

    assertEquals(ReplayReport.Outcome.BITWISE_EQUAL, report.outcome());
    assertEquals(List.of(), report.findings());
    assertEquals(0, report.largestScoreDifference());
    assertEquals(0, report.outcome().verdict().exitCode());
  }

  @Test
  void theRecordedQueryCanBeAskedAgain() {
    RecordedExplanation recorded = RecordedExplanation.of(statement).orElseThrow();
    Query asked = AuditExamples.query("q1");

    Query again = recorded.query(recorded.captions().orElseThrow(), asked.reference());

    assertEquals(asked.captions(), again.captions());
    assertEquals("fashion@3", again.gallery().toString());
    assertEquals(asked.saliency(), again.saliency());
    assertEquals(asked.artifacts(), again.artifacts());
    assertEquals(Optional.empty(), again.deadline());
    assertEquals("s3://queries/ref.jpg", recorded.referenceUri().orElseThrow().toString());
  }

  @Test
  void smallDifferencesAreWithinTheRecordedTolerance() {
    ReplayReport report =
        replay(withFirst(s -> grid(s, 0f, 1.5e-7f, 0.25f + 6e-5f, 0.1f), 0.31415927f + 3e-6f));

    assertEquals(ReplayReport.Outcome.WITHIN_TOLERANCE, report.outcome());
    assertEquals(3e-6f, report.largestScoreDifference(), 1e-7f);
    assertEquals(2.4e-4f, report.largestGridDifference(), 1e-6f);
  }

  @Test
  void aRecordCannotAllowMoreThanTheProductDoes() {
    String json =
        new String(
            DsseEnvelope.parse("record", AuditExamples.record("q1")).payload(),
            StandardCharsets.UTF_8);
    assertTrue(json.contains("\"replayTolerance\":{\"grid\":0.001,\"score\":0.00001}"), json);
    Statement generous =
        Statement.parse(
            "statement",
            json.replace("\"score\":0.00001}", "\"score\":\"Infinity\"}")
                .replace("{\"grid\":0.001", "{\"grid\":0.0001")
                .getBytes(StandardCharsets.UTF_8));

    ReplayReport score =
        ReplayComparison.replay(generous, recorded -> withFirst(s -> s, 0.31415927f + 1e-4f));
    ReplayReport map =
        ReplayComparison.replay(
            generous,
            recorded -> withFirst(s -> grid(s, 0f, 1.5e-7f, 0.25f + 6e-5f, 0.1f), 0.31415927f));

    assertEquals(ReplayReport.Outcome.DIFFERS, score.outcome());
    assertTrue(score.findings().get(0).contains("allows differences of Infinity"));
    assertEquals(ReplayReport.Outcome.DIFFERS, map.outcome(), "its own, where that is smaller");
  }

  @Test
  void largerDifferencesAreNamed() {
    assertEquals(
        List.of("rank 1 similarity was 0.31415927, now is 0.314"),
        replay(withFirst(s -> s, 0.314f)).findings());

    ReplayReport map = replay(withFirst(s -> grid(s, 0f, 1.5e-7f, 0.5f, 0.1f), 0.31415927f));
    assertEquals(ReplayReport.Outcome.DIFFERS, map.outcome());
    assertEquals(List.of("rank 1 map differs by 1.0 of its maximum"), map.findings());
    assertEquals(1, map.outcome().verdict().exitCode());
  }

  @Test
  void notANumberIsADifference() {
    assertEquals(
        ReplayReport.Outcome.DIFFERS,
        replay(withFirst(s -> grid(s, 0f, Float.NaN, 0.25f, 0.1f), 0.31415927f)).outcome());
    assertEquals(ReplayReport.Outcome.DIFFERS, replay(withFirst(s -> s, Float.NaN)).outcome());
  }

  @Test
  void anotherRankingDiffersHoweverCloseTheScores() {
    RankedImage second = answer.results().get(1);
    RankedImage other =
        new RankedImage(2, "shirt.jpg", Optional.empty(), second.similarity(), Optional.empty());

    assertEquals(
        List.of("rank 2 was skirt.jpg, now is shirt.jpg"),
        replay(with(List.of(answer.results().get(0), other))).findings());
    assertEquals(
        List.of("2 results are recorded, 1 were found"),
        replay(with(answer.results().subList(0, 1))).findings());
  }

  @Test
  void aMapOnOneSideOnlyDiffers() {
    RankedImage first = answer.results().get(0);
    RankedImage bare =
        new RankedImage(
            1, first.imageName(), first.imageUri(), first.similarity(), Optional.empty());

    assertEquals(
        List.of("rank 1 has a map only in the record"),
        replay(with(List.of(bare, answer.results().get(1)))).findings());
  }

  @Test
  void otherBytesOfAnOverlayAreToldAndOfAnArrayOfTheSameMapDiffer() {
    ReplayReport overlay =
        replay(
            withFirst(
                s ->
                    new Saliency(
                        s.map(),
                        s.explainedScore(),
                        s.rankingScore(),
                        otherBytes(s.heatmap()),
                        s.array()),
                0.31415927f));
    ReplayReport array =
        replay(
            withFirst(
                s ->
                    new Saliency(
                        s.map(),
                        s.explainedScore(),
                        s.rankingScore(),
                        s.heatmap(),
                        otherBytes(s.array())),
                0.31415927f));

    assertEquals(ReplayReport.Outcome.WITHIN_TOLERANCE, overlay.outcome());
    assertEquals(List.of("result_1_heatmap_dress.png has other bytes"), overlay.findings());
    assertEquals(ReplayReport.Outcome.DIFFERS, array.outcome());
  }

  @Test
  void otherWeightsOrAnotherGalleryCannotBeCompared() {
    Provenance other = AuditExamples.provenance("other-sha");
    ReplayReport report =
        replay(
            new Answer(
                answer.results(),
                answer.referenceSaliency(),
                answer.warnings(),
                answer.resultDocument(),
                other,
                answer.timings()));

    assertEquals(ReplayReport.Outcome.NOT_COMPARABLE, report.outcome());
    assertEquals(3, report.outcome().verdict().exitCode());
    assertEquals(
        List.of("gallery fashion@3 differ: recorded with gallery-sha, here are other-sha"),
        report.findings());
  }

  @Test
  void anotherPrecisionIsSaidAndItsDifferencesProveNothing() {
    String said = "computed in bfloat16, recorded in float32: numbers cannot be equal bit for bit";
    ReplayReport near = replay(inBfloat16(withFirst(s -> s, 0.31415927f + 3e-6f)));
    assertEquals(ReplayReport.Outcome.WITHIN_TOLERANCE, near.outcome());
    assertEquals(List.of(said), near.findings());

    ReplayReport far = replay(inBfloat16(withFirst(s -> s, 0.314f)));
    assertEquals(ReplayReport.Outcome.NOT_COMPARABLE, far.outcome());
    assertEquals(List.of(said, "rank 1 similarity was 0.31415927, now is 0.314"), far.findings());
    assertEquals(1.6e-4f, far.largestScoreDifference(), 1e-5f);
  }

  private Answer inBfloat16(Answer recomputed) {
    Provenance here = recomputed.provenance();
    return new Answer(
        recomputed.results(),
        recomputed.referenceSaliency(),
        recomputed.warnings(),
        recomputed.resultDocument(),
        new Provenance(
            here.clipModel(),
            here.clipSha256(),
            here.phiSha256(),
            here.evalType(),
            here.preprocess(),
            here.gallery(),
            here.galleryVersion(),
            here.gallerySha256(),
            here.gallerySize(),
            here.worker(),
            here.workerVersion(),
            here.device(),
            "bfloat16"),
        recomputed.timings());
  }

  @Test
  void whatCannotBeComputedHereCannotBeCompared() {
    ReplayReport report =
        ReplayComparison.replay(
            statement,
            recorded -> {
              throw new QueryFailedException(
                  FailureCode.GALLERY_UNKNOWN, "gallery: no " + recorded.gallery());
            });

    assertEquals(ReplayReport.Outcome.NOT_COMPARABLE, report.outcome());
    assertTrue(report.findings().get(0).contains("GALLERY_UNKNOWN: gallery: no fashion@3"));
  }

  @Test
  void aFailedQueryHasNothingToCompare() {
    QueryOutcome failed = AuditExamples.failed("q1");
    Statement record =
        Statement.parse(
            "statement",
            ExplanationRecord.compose(
                Optional.empty(), failed, AuditExamples.context(), CaptionPolicy.CLEAR, List.of()));

    ReplayReport report = ReplayComparison.replay(record, recorded -> answer);

    assertEquals(ReplayReport.Outcome.NOT_COMPARABLE, report.outcome());
  }

  @Test
  void aRecordWithoutAResultIsRefused() {
    String json =
        new String(
            DsseEnvelope.parse("record", AuditExamples.record("q1")).payload(),
            StandardCharsets.UTF_8);
    Statement broken =
        Statement.parse(
            "statement",
            json.replace("\"topK\":2", "\"topK\":-2").getBytes(StandardCharsets.UTF_8));

    RecordedExplanation recorded = RecordedExplanation.of(broken).orElseThrow();
    assertThrows(
        QueryFailedException.class,
        () -> recorded.query(List.of("a"), AuditExamples.query("q1").reference()));
    String none = json.replace("\"ranking\"", "\"rankings\"");
    Statement empty = Statement.parse("statement", none.getBytes(StandardCharsets.UTF_8));
    assertThrows(AuditFormatException.class, () -> RecordedExplanation.of(empty));
  }
}
