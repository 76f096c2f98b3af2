package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.Warning;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A query that leaves no files: nothing but the record itself tells one answer from another. */
class RecordKeeperTest {
  private static final String FIRST = "s3://artifacts/2026/11/23/q/attestation.json";
  private static final String SECOND = "s3://artifacts/2026/11/23/q/attestation-2.json";
  private static final String THIRD = "s3://artifacts/2026/11/23/q/attestation-3.json";

  private final ExplanationRecorder recorder =
      new ExplanationRecorder(List.of(AuditExamples.key()), CaptionPolicy.CLEAR);
  private final MemoryRecordStore store = new MemoryRecordStore();
  private final RecordKeeper keeper = new RecordKeeper(store, recorder);
  private final Query query = withoutFiles(AuditExamples.query("q"));
  private final Answer answer = withoutFiles(AuditExamples.answer("q"));

  private static Query withoutFiles(Query query) {
    return new Query(
        query.header(),
        query.gallery(),
        query.reference(),
        query.captions(),
        query.topK(),
        query.saliency(),
        ArtifactRequest.NONE,
        query.deadline());
  }

  private static Answer withoutFiles(Answer answer) {
    return answer(
        answer.results().stream()
            .map(image -> image(image, image.imageName(), image.saliency().map(s -> bare(s, 0))))
            .toList(),
        answer.warnings(),
        answer.provenance());
  }

  private static Answer answer(
      List<RankedImage> results, List<Warning> warnings, Provenance provenance) {
    return new Answer(results, Optional.empty(), warnings, Optional.empty(), provenance, Map.of());
  }

  private static RankedImage image(RankedImage image, String name, Optional<Saliency> saliency) {
    return new RankedImage(image.rank(), name, image.imageUri(), image.similarity(), saliency);
  }

  private static Saliency bare(Saliency saliency, float more) {
    SaliencyMap map = saliency.map();
    float[] grid = map.grid().clone();
    grid[0] += more;
    return new Saliency(
        new SaliencyMap(map.method(), map.rows(), map.columns(), grid, map.geometry()),
        saliency.explainedScore(),
        saliency.rankingScore(),
        Optional.empty(),
        Optional.empty());
  }

  private URI keep(Answer computed, AuditContext context, Instant completedAt) {
    QueryOutcome outcome =
        new QueryOutcome.Completed(query, computed, AuditExamples.SUBMITTED, completedAt);
    EncodedObject record = recorder.record(Optional.of(query), outcome, context);
    return keeper.keep(Optional.of(query), query.header(), record).artifact().uri();
  }

  private String keep(Answer computed) {
    return keep(computed, AuditExamples.context(), AuditExamples.COMPLETED.plusSeconds(5))
        .toString();
  }

  @Test
  void aRedeliveryThatComputesTheSameFindsItsRecord() {
    assertEquals(FIRST, keep(answer));
    AuditContext elsewhere =
        new AuditContext(
            Optional.of(new AuditContext.Delivery("cir.query.v1", 1, 9, Optional.of("event-sha"))),
            AuditExamples.evidence(),
            AuditExamples.engine());

    assertEquals(FIRST, keep(answer, elsewhere, Instant.parse("2026-11-24T00:00:00Z")).toString());
    Answer reworded =
        answer(
            answer.results(),
            List.of(new Warning(FailureCode.CANDIDATE_NOT_FOUND, "gone", "skirt.jpg")),
            answer.provenance());
    assertEquals(FIRST, keep(reworded));
    assertEquals(1, store.records.size());
  }

  @Test
  void anotherRankingScoreMapOrWarningHasARecordOfItsOwn() {
    RankedImage first = answer.results().get(0);
    RankedImage second = answer.results().get(1);
    List<Answer> others =
        List.of(
            with(List.of(first, image(second, "shirt.jpg", second.saliency()))),
            with(List.of(first)),
            with(
                List.of(
                    first,
                    new RankedImage(2, "skirt.jpg", second.imageUri(), 0.28f, second.saliency()))),
            with(
                List.of(
                    image(first, "dress.jpg", first.saliency().map(s -> bare(s, 1e-7f))), second)),
            answer(answer.results(), List.of(), answer.provenance()));

    assertEquals(FIRST, keep(answer));
    for (Answer other : others) {
      assertNotEquals(FIRST, keep(other), other::toString);
    }
    assertEquals(1 + others.size(), store.records.size());
  }

  private Answer with(List<RankedImage> results) {
    return answer(results, answer.warnings(), answer.provenance());
  }

  @Test
  void theSameRankingFromAnotherGalleryHasARecordOfItsOwn() {
    assertEquals(FIRST, keep(answer));

    Answer rebuilt =
        answer(answer.results(), answer.warnings(), AuditExamples.provenance("other-gallery"));
    assertEquals(SECOND, keep(rebuilt));
    assertEquals(SECOND, keep(rebuilt));
  }

  @Test
  void theSameRankingByOtherWeightsOrOfAnotherPictureHasARecordOfItsOwn() {
    assertEquals(FIRST, keep(answer));
    AuditContext context = AuditExamples.context();
    AuditContext.Engine engine = context.engine();
    AuditContext otherTokens =
        new AuditContext(
            context.delivery(),
            context.evidence(),
            new AuditContext.Engine(
                engine.model(),
                "another tokenizer",
                engine.preprocessing(),
                engine.method(),
                engine.search(),
                engine.environment(),
                engine.tolerance()));
    AuditContext otherPicture =
        new AuditContext(context.delivery(), new dev.heliograph.pipeline.RunEvidence(), engine);

    assertEquals(SECOND, keep(answer, otherTokens, AuditExamples.COMPLETED).toString());
    assertEquals(THIRD, keep(answer, otherPicture, AuditExamples.COMPLETED).toString());
  }

  /** Keeps what was put first. */
  private static final class MemoryRecordStore implements RecordStore {
    final Map<String, EncodedObject> records = new TreeMap<>();

    @Override
    public Optional<Artifact> putIfAbsent(String key, EncodedObject record) {
      return records.putIfAbsent(key, record) == null
          ? Optional.of(artifact(key, record))
          : Optional.empty();
    }

    @Override
    public Kept get(String key) {
      EncodedObject record = records.get(key);
      return new Kept(artifact(key, record), record.bytes());
    }

    private static Artifact artifact(String key, EncodedObject record) {
      URI uri = URI.create("s3://artifacts/" + key);
      return new Artifact(
          uri, uri, Digests.hex(record.bytes()), record.bytes().length, record.mediaType());
    }
  }
}
