package dev.heliograph.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ResultDocumentWriter;
import dev.heliograph.query.Addresses;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Query;
import dev.heliograph.query.ReferenceImage;

/**
 * {@code results.json}: artifacts appear with URI, digest, size and media type. Their URLs do not,
 * since a presigned one differs each time, and a redelivered query must leave the same bytes.
 */
final class ResultDocuments implements ResultDocumentWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ResultJson json = new ResultJson(ResultDocuments::pointer);

  @Override
  public EncodedObject write(Query query, Answer answer) {
    ObjectNode document =
        json.document(describe(query), answer.results(), answer.referenceSaliency(), true);
    return new EncodedObject(ResultJson.bytes(document), "application/json");
  }

  private static ObjectNode describe(Query query) {
    ObjectNode node = NODES.objectNode();
    node.put("query_id", query.queryId());
    node.put("gallery", query.gallery().toString());
    node.put(
        "reference_image",
        query.reference() instanceof ReferenceImage.Located located
            ? Addresses.withoutCredentials(located.uri())
            : "inline");
    node.put("caption", query.captions().get(0));
    if (query.captions().size() > 1) {
      query.captions().forEach(node.putArray("captions")::add);
    }
    node.put("top_k", query.topK());
    return node;
  }

  private static ObjectNode pointer(Artifact artifact) {
    return NODES
        .objectNode()
        .put("uri", artifact.uri().toString())
        .put("sha256", artifact.sha256())
        .put("bytes", artifact.bytes())
        .put("media_type", artifact.mediaType());
  }
}
