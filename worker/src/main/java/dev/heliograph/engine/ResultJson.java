package dev.heliograph.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The JSON shape that users of SEARLE-with-saliency know: {@code query}, {@code results}, {@code
 * reference_saliency}, {@code candidate_saliency}. Where that tool held arrays, there is the grid
 * with its raw range, and a pointer to each stored file, drawn as the caller says.
 */
public final class ResultJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Function<Artifact, ?> pointer;

  /**
   * @param pointer what stands for a stored file: a {@code JsonNode} or a text
   */
  public ResultJson(Function<Artifact, ?> pointer) {
    this.pointer = pointer;
  }

  /**
   * The document.
   *
   * @param query the {@code query} object, as the caller's users know it
   * @param withSaliency whether the two saliency objects appear at all
   */
  public ObjectNode document(
      ObjectNode query,
      List<RankedImage> results,
      Optional<Saliency> reference,
      boolean withSaliency) {
    ObjectNode document = NODES.objectNode();
    document.set("query", query);
    ArrayNode ranked = document.putArray("results");
    for (RankedImage image : results) {
      ranked
          .addObject()
          .put("rank", image.rank())
          .put("image_name", image.imageName())
          .put("similarity_score", image.similarity());
    }
    if (withSaliency) {
      reference.ifPresent(s -> document.set("reference_saliency", saliency(s)));
      ObjectNode candidates = document.putObject("candidate_saliency");
      for (RankedImage image : results) {
        image.saliency().ifPresent(s -> candidates.set(image.imageName(), candidate(image, s)));
      }
    }
    return document;
  }

  private ObjectNode candidate(RankedImage image, Saliency saliency) {
    ObjectNode node = saliency(saliency);
    node.put("image_path", image.imageUri().map(ResultJson::path).orElse(image.imageName()));
    node.put("rank", image.rank());
    node.put("similarity_score", image.similarity());
    return node;
  }

  private static String path(URI uri) {
    return "file".equals(uri.getScheme()) ? uri.getPath() : uri.toString();
  }

  private ObjectNode saliency(Saliency saliency) {
    SaliencyMap map = saliency.map();
    ImageGeometry geometry = map.geometry();
    ImageGeometry.Seen seen = geometry.seen();
    ObjectNode node = NODES.objectNode();
    saliency.array().ifPresent(artifact -> put(node, "saliency_map", artifact));
    saliency.heatmap().ifPresent(artifact -> put(node, "heatmap", artifact));
    node.put("method", map.method().name());
    node.put("explained_score", saliency.explainedScore());
    node.put("ranking_score", saliency.rankingScore());
    node.putArray("shape").add(geometry.height()).add(geometry.width());
    node.put("raw_minimum", map.minimum());
    node.put("raw_maximum", map.maximum());
    ArrayNode rows = node.putArray("grid");
    for (int row = 0; row < map.rows(); row++) {
      ArrayNode values = rows.addArray();
      for (int column = 0; column < map.columns(); column++) {
        values.add(map.grid()[row * map.columns() + column]);
      }
    }
    node.putObject("seen")
        .put("x", seen.x())
        .put("y", seen.y())
        .put("width", seen.width())
        .put("height", seen.height());
    return node;
  }

  private void put(ObjectNode node, String field, Artifact artifact) {
    node.set(field, MAPPER.valueToTree(pointer.apply(artifact)));
  }

  /** Indented UTF-8. */
  public static byte[] bytes(ObjectNode document) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
