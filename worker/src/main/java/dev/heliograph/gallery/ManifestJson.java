package dev.heliograph.gallery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A manifest as JSON. Unknown fields are ignored, so that later versions may add some. Format 2 has
 * explanations, format 3 has features in half precision and may have explanations; what has neither
 * is written in format 1, and so on, for programs that know no other.
 */
final class ManifestJson {
  private static final int PLAIN = 1;
  private static final int EXPLAINED = 2;
  private static final int HALVED = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ManifestJson() {}

  static byte[] write(GalleryManifest manifest) {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", format(manifest));
    node.put("name", manifest.name());
    node.put("version", manifest.version());
    node.put("size", manifest.size());
    node.put("dimension", manifest.dimension());
    node.put("sha256", manifest.sha256());
    node.put("featuresSha256", manifest.featuresSha256());
    node.put("namesSha256", manifest.namesSha256());
    manifest.explanations().ifPresent(info -> writeExplanations(node, info));
    manifest.halves().ifPresent(info -> writeHalves(node, info));
    node.put("clipModel", manifest.clipModel());
    node.put("clipSha256", manifest.clipSha256().orElse(null));
    manifest.precision().ifPresent(precision -> node.put("precision", precision));
    node.put("preprocess", manifest.preprocess().name().toLowerCase(Locale.ROOT));
    node.put("imageRoot", manifest.imageRoot().map(URI::toString).orElse(null));
    node.put("createdAt", manifest.createdAt().toString());
    node.put("tool", manifest.tool());
    node.put("origin", manifest.origin());
    node.set("skipped", skipped(manifest.skipped()));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of text and numbers is always JSON", e);
    }
  }

  /**
   * @throws GalleryException if this is no manifest, or its values do not fit together
   */
  static GalleryManifest read(byte[] bytes) {
    JsonNode node = parse(bytes);
    int format = number(node, "format");
    if (format < PLAIN || format > HALVED) {
      throw new GalleryException(
          "is of format " + format + ", this version reads " + PLAIN + " to " + HALVED);
    }
    GalleryManifest manifest =
        new GalleryManifest(
            text(node, "name"),
            text(node, "version"),
            number(node, "size"),
            number(node, "dimension"),
            text(node, "featuresSha256"),
            text(node, "namesSha256"),
            isExplained(node, format) ? Optional.of(explanations(node)) : Optional.empty(),
            format == HALVED ? Optional.of(halves(node)) : Optional.empty(),
            text(node, "clipModel"),
            optionalText(node, "clipSha256"),
            optionalText(node, "precision"),
            preprocess(text(node, "preprocess")),
            optionalText(node, "imageRoot").map(ManifestJson::uri),
            readSkipped(node.path("skipped")),
            instant(text(node, "createdAt")),
            text(node, "tool"),
            text(node, "origin"));
    if (!manifest.sha256().equals(text(node, "sha256"))) {
      throw new GalleryException("sha256 does not follow from the digests of the files");
    }
    return manifest;
  }

  private static int format(GalleryManifest manifest) {
    if (manifest.halves().isPresent()) {
      return HALVED;
    }
    return manifest.explanations().isPresent() ? EXPLAINED : PLAIN;
  }

  private static boolean isExplained(JsonNode manifest, int format) {
    return format == EXPLAINED || (format == HALVED && manifest.has("explanations"));
  }

  private static void writeHalves(ObjectNode manifest, HalfInfo info) {
    manifest
        .putObject("halves")
        .put("largestError", info.largestError())
        .put("sha256", info.sha256());
  }

  private static HalfInfo halves(JsonNode manifest) {
    JsonNode node = manifest.path("halves");
    JsonNode largestError = node.path("largestError");
    if (!largestError.isNumber()) {
      throw new GalleryException(
          "largestError: found " + largestError.getNodeType() + ", expected a number");
    }
    return new HalfInfo((float) largestError.doubleValue(), text(node, "sha256"));
  }

  private static void writeExplanations(ObjectNode manifest, ExplanationInfo info) {
    manifest
        .putObject("explanations")
        .put("rows", info.rows())
        .put("columns", info.columns())
        .put("side", info.side())
        .put("sha256", info.sha256());
  }

  private static ExplanationInfo explanations(JsonNode manifest) {
    JsonNode node = manifest.path("explanations");
    return new ExplanationInfo(
        number(node, "rows"), number(node, "columns"), number(node, "side"), text(node, "sha256"));
  }

  static JsonNode parse(byte[] bytes) {
    try {
      JsonNode node = JSON.readTree(bytes);
      if (!node.isObject()) {
        throw new GalleryException("is not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new GalleryException("is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new GalleryException("cannot be parsed", e);
    }
  }

  static ArrayNode skipped(List<SkippedImage> skipped) {
    ArrayNode array = JSON.createArrayNode();
    for (SkippedImage image : skipped) {
      array.addObject().put("name", image.name()).put("reason", image.reason());
    }
    return array;
  }

  static List<SkippedImage> readSkipped(JsonNode array) {
    List<SkippedImage> skipped = new ArrayList<>();
    for (JsonNode image : array) {
      skipped.add(new SkippedImage(text(image, "name"), text(image, "reason")));
    }
    return skipped;
  }

  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new GalleryException(field + ": found " + value.getNodeType() + ", expected a string");
    }
    return value.textValue();
  }

  static int number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new GalleryException(
          field + ": found " + value.getNodeType() + ", expected an integer");
    }
    return value.intValue();
  }

  private static Optional<String> optionalText(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNull() || value.isMissingNode()
        ? Optional.empty()
        : Optional.of(text(node, field));
  }

  static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new GalleryException("createdAt: \"" + text + "\" is not an instant", e);
    }
  }

  private static PreprocessType preprocess(String text) {
    for (PreprocessType type : PreprocessType.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(text)) {
        return type;
      }
    }
    throw new GalleryException("preprocess: \"" + text + "\" is not known");
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new GalleryException("imageRoot: \"" + text + "\" is not a URI", e);
    }
  }
}
