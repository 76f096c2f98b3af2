package dev.heliograph.audit;

import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a record says was asked and answered, for computing it again. Only completed queries have
 * one.
 *
 * @param gallery pinned to the version that answered
 * @param precision of the arithmetic, for example {@code float32}
 * @param captions empty if the record has only their digests
 * @param referenceUri empty if the image came inside the event
 * @param referenceUriShortened whether the address had parts that could be credentials, and that
 *     the record leaves out
 */
public record RecordedExplanation(
    String queryId,
    Instant submittedAt,
    GalleryReference gallery,
    String gallerySha256,
    String clipSha256,
    String phiSha256,
    String precision,
    String preprocessType,
    Optional<List<String>> captions,
    Optional<URI> referenceUri,
    boolean referenceUriShortened,
    String referenceSha256,
    int topK,
    SaliencyRequest saliency,
    ArtifactRequest artifacts,
    List<Image> ranking,
    Optional<Saliency> referenceSaliency,
    ReplayTolerance tolerance) {

  /** A result. */
  public record Image(String name, float similarity, Optional<Saliency> saliency) {}

  /** A stored object. */
  public record Stored(String name, String sha256, String mediaType) {}

  /** A map, as it is recorded; the grid is not written to. */
  public record Saliency(
      float explainedScore,
      float rankingScore,
      float[] grid,
      Optional<Stored> heatmap,
      Optional<Stored> array) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Saliency that
          && Float.compare(explainedScore, that.explainedScore) == 0
          && Float.compare(rankingScore, that.rankingScore) == 0
          && Arrays.equals(grid, that.grid)
          && heatmap.equals(that.heatmap)
          && array.equals(that.array);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(grid);
    }
  }

  /**
   * @return empty if the query was not completed: there is nothing to compute again
   * @throws AuditFormatException if the predicate lacks something, or holds something impossible
   */
  public static Optional<RecordedExplanation> of(Statement statement) {
    if (!statement.isCompleted()) {
      return Optional.empty();
    }
    StrictJson predicate = statement.strictPredicate();
    try {
      return Optional.of(read(statement.queryId(), predicate));
    } catch (QueryFailedException | IllegalArgumentException e) {
      throw new AuditFormatException("predicate: " + e.getMessage(), e);
    }
  }

  private static RecordedExplanation read(String queryId, StrictJson predicate) {
    StrictJson request = predicate.object("request");
    StrictJson reference = request.object("reference");
    StrictJson gallery = predicate.object("gallery");
    StrictJson models = predicate.object("models");
    StrictJson result = predicate.object("result");
    StrictJson tolerance = predicate.object("replayTolerance");
    List<Image> ranking = new ArrayList<>();
    for (StrictJson image : result.array("ranking")) {
      if (image.integer("rank") != ranking.size() + 1) {
        throw image.wrong("at its rank");
      }
      ranking.add(
          new Image(
              image.text("image"),
              image.decimal("similarity"),
              image.optional("saliency").map(RecordedExplanation::saliency)));
    }
    return new RecordedExplanation(
        queryId,
        time(request),
        new GalleryReference(gallery.text("name"), Optional.of(gallery.text("version"))),
        gallery.text("sha256"),
        models.object("clip").text("sha256"),
        models.object("phi").text("sha256"),
        predicate.object("environment").text("precision"),
        predicate.object("preprocess").text("type"),
        captions(request.object("captions")),
        reference.optional("uri").map(uri -> URI.create(uri.text())),
        reference.optional("uriShortened").isPresent() && reference.bool("uriShortened"),
        predicate.object("inputs").object("reference").text("sha256"),
        request.integer("topK"),
        saliencyRequest(request.object("saliency")),
        artifacts(request.object("artifacts")),
        List.copyOf(ranking),
        result.optional("referenceSaliency").map(RecordedExplanation::saliency),
        new ReplayTolerance(tolerance.decimal("score"), tolerance.decimal("grid")));
  }

  private static Instant time(StrictJson request) {
    try {
      return Instant.parse(request.text("submittedAt"));
    } catch (DateTimeException e) {
      throw request.wrong("a request whose submittedAt is a time");
    }
  }

  private static Optional<List<String>> captions(StrictJson captions) {
    return captions.optional("text").isPresent()
        ? Optional.of(captions.array("text").stream().map(StrictJson::text).toList())
        : Optional.empty();
  }

  private static SaliencyRequest saliencyRequest(StrictJson saliency) {
    return new SaliencyRequest(
        saliency.bool("reference"),
        saliency.integer("maxCandidates"),
        SaliencyMethod.valueOf(saliency.text("method")));
  }

  private static ArtifactRequest artifacts(StrictJson artifacts) {
    return new ArtifactRequest(
        HeatmapFormat.valueOf(artifacts.text("heatmap")),
        ArrayFormat.valueOf(artifacts.text("array")),
        artifacts.optional("prefix").map(StrictJson::text));
  }

  private static Saliency saliency(StrictJson json) {
    List<StrictJson> values = json.array("grid");
    float[] grid = new float[values.size()];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = values.get(i).decimal();
    }
    return new Saliency(
        json.decimal("explainedScore"),
        json.decimal("rankingScore"),
        grid,
        json.optional("heatmap").map(RecordedExplanation::stored),
        json.optional("array").map(RecordedExplanation::stored));
  }

  private static Stored stored(StrictJson json) {
    String uri = json.text("uri");
    return new Stored(
        uri.substring(uri.lastIndexOf('/') + 1), json.text("sha256"), json.text("mediaType"));
  }

  /**
   * The query to compute again: the same but for its deadline and attributes, on the gallery
   * version that answered.
   *
   * @param captions as recorded, or the same captions from elsewhere
   * @param reference the image, with its recorded digest
   */
  public Query query(List<String> captions, ReferenceImage reference) {
    QueryHeader header = new QueryHeader(queryId, submittedAt, Map.of());
    return new Query(
        header, gallery, reference, captions, topK, saliency, artifacts, Optional.empty());
  }
}
