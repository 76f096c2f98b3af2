package dev.heliograph.messaging;

import dev.heliograph.events.Geometry;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventClasses;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Outcomes to QueryCompletion events. */
public final class CompletionEvents {
  static {
    EventClasses.trust();
  }

  private CompletionEvents() {}

  public static QueryCompletion toEvent(QueryOutcome outcome) {
    return toEvent(outcome, Optional.empty());
  }

  /**
   * @param attestation the outcome's record, where one is kept
   */
  public static QueryCompletion toEvent(QueryOutcome outcome, Optional<Artifact> attestation) {
    QueryCompletion.Builder event =
        QueryCompletion.newBuilder()
            .setQueryId(outcome.header().queryId())
            .setAttributes(outcome.header().attributes())
            .setAttestation(artifact(attestation))
            .setSubmittedAt(outcome.header().submittedAt())
            .setStartedAt(outcome.startedAt())
            .setCompletedAt(outcome.completedAt());
    if (outcome instanceof QueryOutcome.Completed completed) {
      answer(event.setOutcome(Outcome.COMPLETED), completed.answer());
    } else if (outcome instanceof QueryOutcome.Failed failed) {
      event.setOutcome(Outcome.FAILED).setFailure(failure(failed.failure()));
    } else if (outcome instanceof QueryOutcome.Expired expired) {
      event.setOutcome(Outcome.EXPIRED).setFailure(failure(expired.failure()));
    } else if (outcome instanceof QueryOutcome.Cancelled cancelled) {
      event.setOutcome(Outcome.CANCELLED).setFailure(failure(cancelled.failure()));
    } else {
      throw new AssertionError(outcome);
    }
    return event.build();
  }

  private static void answer(QueryCompletion.Builder event, Answer answer) {
    event
        .setResults(answer.results().stream().map(CompletionEvents::result).toList())
        .setReferenceSaliency(saliency(answer.referenceSaliency()))
        .setWarnings(answer.warnings().stream().map(CompletionEvents::warning).toList())
        .setResultDocument(artifact(answer.resultDocument()))
        .setProvenance(provenance(answer.provenance()))
        .setTimings(answer.timings());
  }

  private static dev.heliograph.events.RankedImage result(RankedImage result) {
    return new dev.heliograph.events.RankedImage(
        result.rank(),
        result.imageName(),
        result.imageUri().map(Object::toString).orElse(null),
        result.similarity(),
        saliency(result.saliency()));
  }

  private static dev.heliograph.events.@Nullable Saliency saliency(Optional<Saliency> present) {
    if (present.isEmpty()) {
      return null;
    }
    Saliency saliency = present.get();
    SaliencyMap map = saliency.map();
    return new dev.heliograph.events.Saliency(
        dev.heliograph.events.SaliencyMethod.valueOf(map.method().name()),
        saliency.explainedScore(),
        saliency.rankingScore(),
        map.rows(),
        map.columns(),
        floats(map.grid()),
        geometry(map),
        artifact(saliency.heatmap()),
        artifact(saliency.array()));
  }

  private static List<Float> floats(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static Geometry geometry(SaliencyMap map) {
    ImageGeometry geometry = map.geometry();
    ImageGeometry.Seen seen = geometry.seen();
    return new Geometry(
        geometry.width(), geometry.height(), seen.x(), seen.y(), seen.width(), seen.height());
  }

  private static dev.heliograph.events.@Nullable Artifact artifact(Optional<Artifact> present) {
    return present
        .map(
            artifact ->
                new dev.heliograph.events.Artifact(
                    artifact.uri().toString(),
                    artifact.url().toString(),
                    artifact.sha256(),
                    artifact.bytes(),
                    artifact.mediaType()))
        .orElse(null);
  }

  private static dev.heliograph.events.Warning warning(Warning warning) {
    return new dev.heliograph.events.Warning(
        warning.code().name(), warning.message(), warning.subject());
  }

  private static dev.heliograph.events.Failure failure(Failure failure) {
    return new dev.heliograph.events.Failure(
        failure.code().name(), failure.message(), failure.attempts());
  }

  private static dev.heliograph.events.Provenance provenance(Provenance provenance) {
    return new dev.heliograph.events.Provenance(
        provenance.clipModel(),
        provenance.clipSha256(),
        provenance.phiSha256(),
        provenance.evalType(),
        provenance.preprocess().name().toLowerCase(Locale.ROOT),
        provenance.gallery(),
        provenance.galleryVersion(),
        provenance.gallerySha256(),
        provenance.gallerySize(),
        provenance.worker(),
        provenance.workerVersion(),
        provenance.device(),
        provenance.precision());
  }
}
