package dev.heliograph.messaging;

import dev.heliograph.events.Geometry;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.Text;
import dev.heliograph.query.Warning;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes values of QueryCompletion events, for those who receive them. */
public final class CompletionValues {
  private CompletionValues() {}

  /**
   * The answer, if the query has one.
   *
   * @param side pixels per side of the model's input: events state what was seen of an image, and
   *     the way there follows from it and the preprocess type
   * @throws IllegalArgumentException if the event holds what this version does not know
   */
  public static Optional<Answer> answer(QueryCompletion event, int side) {
    if (event.getProvenance() == null) {
      return Optional.empty();
    }
    Provenance provenance = provenance(event.getProvenance());
    SaliencyValues saliency = new SaliencyValues(provenance.preprocess(), side);
    return Optional.of(
        new Answer(
            event.getResults().stream().map(result -> result(result, saliency)).toList(),
            saliency.of(event.getReferenceSaliency()),
            event.getWarnings().stream().map(CompletionValues::warning).toList(),
            artifact(event.getResultDocument()),
            provenance,
            event.getTimings()));
  }

  /** Why there is no answer, if there is none. */
  public static Optional<Failure> failure(QueryCompletion event) {
    return Optional.ofNullable(event.getFailure())
        .map(f -> new Failure(code(f.getCode()), f.getMessage(), f.getAttempts()));
  }

  private static RankedImage result(
      dev.heliograph.events.RankedImage event, SaliencyValues saliency) {
    return new RankedImage(
        event.getRank(),
        event.getImageName(),
        Optional.ofNullable(event.getImageUri()).map(CompletionValues::uri),
        event.getSimilarity(),
        saliency.of(event.getSaliency()));
  }

  private record SaliencyValues(PreprocessType preprocess, int side) {
    Optional<Saliency> of(dev.heliograph.events.@Nullable Saliency event) {
      return Optional.ofNullable(event)
          .map(
              present ->
                  new Saliency(
                      map(present),
                      present.getExplainedScore(),
                      present.getRankingScore(),
                      artifact(present.getHeatmap()),
                      artifact(present.getArray())));
    }

    private SaliencyMap map(dev.heliograph.events.Saliency event) {
      Geometry geometry = event.getGeometry();
      return new SaliencyMap(
          SaliencyMethod.valueOf(event.getMethod().name()),
          event.getRows(),
          event.getColumns(),
          floats(event.getGrid()),
          ImageGeometry.plan(
              geometry.getImageWidth(), geometry.getImageHeight(), side, preprocess));
    }
  }

  private static float[] floats(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  private static Optional<Artifact> artifact(dev.heliograph.events.@Nullable Artifact event) {
    return Optional.ofNullable(event)
        .map(
            present ->
                new Artifact(
                    uri(present.getUri()),
                    uri(present.getUrl()),
                    present.getSha256(),
                    present.getBytes(),
                    present.getMediaType()));
  }

  /** What the JDK says of a bad URI holds its text as it is, of any length and over many lines. */
  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException('"' + Text.shorten(text) + "\" is not a URI", e);
    }
  }

  private static Warning warning(dev.heliograph.events.Warning event) {
    return new Warning(code(event.getCode()), event.getMessage(), event.getSubject());
  }

  private static FailureCode code(String text) {
    try {
      return FailureCode.valueOf(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "code \"" + Text.shorten(text) + "\" is none that this version knows", e);
    }
  }

  private static Provenance provenance(dev.heliograph.events.Provenance event) {
    return new Provenance(
        event.getClipModel(),
        event.getClipSha256(),
        event.getPhiSha256(),
        event.getEvalType(),
        PreprocessType.valueOf(event.getPreprocess().toUpperCase(Locale.ROOT)),
        event.getGallery(),
        event.getGalleryVersion(),
        event.getGallerySha256(),
        event.getGallerySize(),
        event.getWorker(),
        event.getWorkerVersion(),
        event.getDevice(),
        event.getPrecision());
  }
}
