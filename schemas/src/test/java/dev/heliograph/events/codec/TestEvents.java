package dev.heliograph.events.codec;

import dev.heliograph.events.Artifact;
import dev.heliograph.events.Geometry;
import dev.heliograph.events.ImageLocation;
import dev.heliograph.events.InlineImage;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.Provenance;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.RankedImage;
import dev.heliograph.events.Saliency;
import dev.heliograph.events.SaliencyMethod;
import dev.heliograph.events.Warning;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events with every field filled, or with none that has a default. */
final class TestEvents {
  static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123Z");

  static {
    EventClasses.trust();
  }

  private TestEvents() {}

  static QueryRequested request() {
    return QueryRequested.newBuilder()
        .setQueryId("q-1")
        .setGallery("cirr@2026-11-01")
        .setReference(new ImageLocation("s3://images/a.jpg", "ab".repeat(32)))
        .setCaptions(List.of("is red", "has a longer sleeve: é, 赤, 🙂"))
        .setSubmittedAt(NOON)
        .setDeadline(NOON.plusSeconds(30))
        .setAttributes(Map.of("tenant", "blue", "trace", ""))
        .build();
  }

  static QueryRequested inlineRequest() {
    return QueryRequested.newBuilder()
        .setQueryId("q-2")
        .setGallery("cirr")
        .setReference(new InlineImage(ByteBuffer.wrap(new byte[] {1, 2, 3}), "image/png"))
        .setCaptions(List.of("is red"))
        .setSubmittedAt(NOON)
        .build();
  }

  static QueryCompletion completion() {
    Artifact artifact =
        new Artifact("s3://b/k.png", "https://b/k.png", "cd".repeat(32), 17L, "image/png");
    Saliency saliency =
        new Saliency(
            SaliencyMethod.EXACT,
            0.31f,
            0.31f,
            1,
            3,
            List.of(0f, 0.5f, 2f),
            new Geometry(640, 480, 20, 0, 600, 480),
            artifact,
            null);
    return QueryCompletion.newBuilder()
        .setQueryId("q-1")
        .setOutcome(Outcome.COMPLETED)
        .setResults(List.of(new RankedImage(1, "a.jpg", "s3://images/a.jpg", 0.31f, saliency)))
        .setReferenceSaliency(saliency)
        .setWarnings(List.of(new Warning("CANDIDATE_NOT_FOUND", "b.jpg: no such object", "b.jpg")))
        .setResultDocument(artifact)
        .setProvenance(
            new Provenance(
                "ViT-B/32",
                "1",
                "2",
                "searle",
                "targetpad",
                "cirr",
                "7",
                "3",
                9,
                "w",
                "0.1",
                "cpu",
                "float32"))
        .setTimings(Map.of("compose", 12.5))
        .setAttributes(Map.of("tenant", "blue"))
        .setSubmittedAt(NOON)
        .setStartedAt(NOON.plusMillis(5))
        .setCompletedAt(NOON.plusMillis(500))
        .build();
  }
}
