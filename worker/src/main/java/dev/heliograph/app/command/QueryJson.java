package dev.heliograph.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A query as one line of JSON, with the field names of the event. {@code reference} is an {@code
 * s3://} address or the path of a file that is sent inline. A missing {@code queryId} is made up.
 */
final class QueryJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of(
          "queryId",
          "gallery",
          "reference",
          "captions",
          "topK",
          "saliency",
          "artifacts",
          "deadline",
          "attributes");

  private QueryJson() {}

  /**
   * @throws UsageException naming the field, if the line is not a query
   */
  static Query parse(String line) {
    JsonNode json = tree(line);
    refuseUnknown(json, FIELDS, "");
    QueryBuilder query =
        Query.builder(text(json, "queryId").orElseGet(() -> UUID.randomUUID().toString()))
            .gallery(required(json, "gallery"));
    reference(query, required(json, "reference"));
    query.captions(captions(json));
    if (json.has("topK")) {
      query.topK(integer(json, "topK"));
    }
    query.saliency(saliency(json.path("saliency")));
    query.artifacts(artifacts(json.path("artifacts")));
    text(json, "deadline").ifPresent(value -> query.deadline(instant("deadline", value)));
    query.attributes(attributes(json.path("attributes")));
    return query.build();
  }

  /** An {@code s3://} address, or the path of a file whose bytes travel in the event. */
  static void reference(QueryBuilder query, String reference) {
    if (reference.matches("[A-Za-z][A-Za-z0-9+.-]+://.*")) {
      try {
        query.reference(URI.create(reference));
      } catch (IllegalArgumentException e) {
        throw new UsageException("reference: \"" + reference + "\" is not an address");
      }
      return;
    }
    try {
      String guessed = URLConnection.guessContentTypeFromName(reference);
      query.reference(
          Files.readAllBytes(Path.of(reference)),
          guessed == null ? "application/octet-stream" : guessed);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException("reference: " + reference + " cannot be read: " + e);
    }
  }

  private static String[] captions(JsonNode json) {
    JsonNode captions = json.path("captions");
    if (!captions.isArray()) {
      throw new UsageException("captions: a list of 1 or 2 texts is needed");
    }
    String[] texts = new String[captions.size()];
    for (int i = 0; i < texts.length; i++) {
      if (!captions.get(i).isTextual()) {
        throw new UsageException("captions[" + i + "]: is not a text");
      }
      texts[i] = captions.get(i).textValue();
    }
    return texts;
  }

  private static SaliencyRequest saliency(JsonNode json) {
    refuseUnknown(json, Set.of("reference", "maxCandidates", "method"), "saliency.");
    SaliencyRequest defaults = SaliencyRequest.DEFAULT;
    return new SaliencyRequest(
        json.path("reference").asBoolean(defaults.reference()),
        json.has("maxCandidates") ? integer(json, "maxCandidates") : defaults.maxCandidates(),
        choice(json, "method", "saliency.", SaliencyMethod.class, defaults.method()));
  }

  private static ArtifactRequest artifacts(JsonNode json) {
    refuseUnknown(json, Set.of("heatmap", "array", "prefix"), "artifacts.");
    ArtifactRequest defaults = ArtifactRequest.DEFAULT;
    return new ArtifactRequest(
        choice(json, "heatmap", "artifacts.", HeatmapFormat.class, defaults.heatmap()),
        choice(json, "array", "artifacts.", ArrayFormat.class, defaults.array()),
        text(json, "prefix"));
  }

  private static Map<String, String> attributes(JsonNode json) {
    Map<String, String> attributes = new HashMap<>();
    json.properties().forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
    return attributes;
  }

  private static JsonNode tree(String line) {
    try {
      JsonNode json = MAPPER.readTree(line);
      if (json.isObject()) {
        return json;
      }
      throw new UsageException("a JSON object is needed: " + line);
    } catch (JsonProcessingException e) {
      throw new UsageException("not JSON: " + e.getOriginalMessage());
    }
  }

  private static void refuseUnknown(JsonNode json, Set<String> known, String prefix) {
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new UsageException(
            "unknown field " + prefix + name + ", expected one of " + new TreeSet<>(known));
      }
    }
  }

  private static Optional<String> text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new UsageException(field + ": " + value + " is not a text");
    }
    return Optional.of(value.textValue());
  }

  private static String required(JsonNode json, String field) {
    return text(json, field).orElseThrow(() -> new UsageException(field + ": is missing"));
  }

  private static int integer(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isInt()) {
      throw new UsageException(field + ": " + value + " is not a whole number");
    }
    return value.intValue();
  }

  private static Instant instant(String field, String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw new UsageException(field + ": " + value + " is not like 2026-11-23T12:00:00Z");
    }
  }

  private static <E extends Enum<E>> E choice(
      JsonNode json, String field, String prefix, Class<E> type, E absent) {
    Optional<String> value = text(json, field);
    if (value.isEmpty()) {
      return absent;
    }
    try {
      return Enum.valueOf(type, value.get().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          prefix
              + field
              + ": "
              + value.get()
              + " is not one of "
              + java.util.Arrays.toString(type.getEnumConstants()));
    }
  }
}
