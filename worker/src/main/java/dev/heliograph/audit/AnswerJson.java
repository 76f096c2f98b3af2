package dev.heliograph.audit;

import dev.heliograph.query.Addresses;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The parts of a record that only a completed query has: gallery, result and stored objects. */
final class AnswerJson {
  private final List<Object> subjects;

  private AnswerJson(List<Object> subjects) {
    this.subjects = subjects;
  }

  static void write(
      Answer answer,
      AuditContext.Search search,
      Map<String, Object> predicate,
      List<Object> subjects) {
    predicate.put("gallery", gallery(answer.provenance(), search));
    predicate.put("result", new AnswerJson(subjects).result(answer));
  }

  private static Map<String, Object> gallery(Provenance provenance, AuditContext.Search search) {
    return Map.of(
        "name",
        provenance.gallery(),
        "version",
        provenance.galleryVersion(),
        "sha256",
        provenance.gallerySha256(),
        "size",
        provenance.gallerySize(),
        "metric",
        search.metric(),
        "index",
        search.index());
  }

  private Map<String, Object> result(Answer answer) {
    Map<String, Object> result = new TreeMap<>();
    answer
        .referenceSaliency()
        .ifPresent(saliency -> result.put("referenceSaliency", saliency(saliency)));
    result.put("ranking", answer.results().stream().map(this::ranked).toList());
    answer.resultDocument().ifPresent(document -> result.put("resultDocument", artifact(document)));
    List<Map<String, Object>> warnings = new ArrayList<>();
    for (Warning warning : answer.warnings()) {
      warnings.add(
          Map.of(
              "code",
              warning.code().name(),
              "message",
              warning.message(),
              "subject",
              warning.subject()));
    }
    result.put("warnings", warnings);
    return result;
  }

  private Map<String, Object> ranked(RankedImage image) {
    Map<String, Object> json = new TreeMap<>();
    json.put("rank", image.rank());
    json.put("image", image.imageName());
    image.imageUri().ifPresent(uri -> json.put("uri", Addresses.withoutCredentials(uri)));
    json.put("similarity", image.similarity());
    image.saliency().ifPresent(saliency -> json.put("saliency", saliency(saliency)));
    return json;
  }

  private Map<String, Object> saliency(Saliency saliency) {
    SaliencyMap map = saliency.map();
    Map<String, Object> json = new TreeMap<>();
    json.put("method", map.method().name());
    json.put("explainedScore", saliency.explainedScore());
    json.put("rankingScore", saliency.rankingScore());
    json.put("rows", map.rows());
    json.put("columns", map.columns());
    json.put("rawMinimum", map.minimum());
    json.put("rawMaximum", map.maximum());
    List<Float> grid = new ArrayList<>(map.grid().length);
    for (float value : map.grid()) {
      grid.add(value);
    }
    json.put("grid", grid);
    json.put("geometry", GeometryJson.of(map.geometry()));
    saliency.heatmap().ifPresent(heatmap -> json.put("heatmap", artifact(heatmap)));
    saliency.array().ifPresent(array -> json.put("array", artifact(array)));
    return json;
  }

  /** States a stored object, and makes it a subject. */
  private Map<String, Object> artifact(Artifact artifact) {
    String uri = artifact.uri().toString();
    subjects.add(
        Map.of(
            "name",
            uri.substring(uri.lastIndexOf('/') + 1),
            "uri",
            uri,
            "mediaType",
            artifact.mediaType(),
            "digest",
            Map.of("sha256", artifact.sha256())));
    return Map.of(
        "uri",
        uri,
        "sha256",
        artifact.sha256(),
        "bytes",
        artifact.bytes(),
        "mediaType",
        artifact.mediaType());
  }
}
