package dev.heliograph.messaging;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.query.Warning;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Queries and outcomes, plain and immutable. */
final class TestQueries {
  static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123Z");
  static final Provenance PROVENANCE =
      new Provenance(
          "ViT-B/32",
          "aa",
          "bb",
          "searle",
          PreprocessType.TARGETPAD,
          "cirr",
          "7",
          "cc",
          1000,
          "worker-1",
          "0.1",
          "cpu",
          "float32");

  private TestQueries() {}

  static Query query(String queryId) {
    return new Query(
        new QueryHeader(queryId, NOON, Map.of("tenant", "blue")),
        GalleryReference.parse("cirr@7"),
        new ReferenceImage.Located(URI.create("s3://images/a.jpg"), Optional.of("0f".repeat(32))),
        List.of("is red"),
        10,
        SaliencyRequest.DEFAULT,
        ArtifactRequest.DEFAULT,
        Optional.empty());
  }

  static QueryOutcome completed(Query query, Instant startedAt) {
    Artifact artifact =
        new Artifact(
            URI.create("s3://b/k.png"), URI.create("https://b/k.png"), "dd", 17, "image/png");
    SaliencyMap map =
        new SaliencyMap(
            SaliencyMethod.EXACT,
            1,
            2,
            new float[] {0, 0.5f},
            ImageGeometry.plan(640, 480, 224, PreprocessType.TARGETPAD));
    Answer answer =
        new Answer(
            List.of(
                new RankedImage(
                    1,
                    "a.jpg",
                    Optional.of(URI.create("s3://images/a.jpg")),
                    0.31f,
                    Optional.of(
                        new Saliency(map, 0.31f, 0.31f, Optional.of(artifact), Optional.empty()))),
                new RankedImage(2, "b.jpg", Optional.empty(), 0.2f, Optional.empty())),
            Optional.of(new Saliency(map, 4.5f, 4.5f, Optional.empty(), Optional.of(artifact))),
            List.of(new Warning(FailureCode.CANDIDATE_NOT_FOUND, "b.jpg: no such file", "b.jpg")),
            Optional.of(artifact),
            PROVENANCE,
            Map.of("compose", 12.5));
    return new QueryOutcome.Completed(query, answer, startedAt, startedAt.plusMillis(400));
  }

  static QueryOutcome failed(Query query, Instant startedAt, FailureCode code) {
    return new QueryOutcome.Failed(
        query.header(),
        new Failure(code, "no luck", 3),
        Optional.empty(),
        startedAt,
        startedAt.plusMillis(400));
  }

  static QueryOutcome expired(Query query, Instant startedAt) {
    return new QueryOutcome.Expired(
        query.header(),
        new Failure(FailureCode.DEADLINE_EXCEEDED, "too late", 1),
        startedAt,
        startedAt.plusMillis(400));
  }

  static QueryOutcome cancelled(Query query, Instant startedAt) {
    return new QueryOutcome.Cancelled(
        query.header(),
        new Failure(FailureCode.CANCELLED, "given up", 1),
        startedAt,
        startedAt.plusMillis(400));
  }
}
