package dev.heliograph.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.query.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads {@code config.json} of a Hugging Face CLIP. Fields that equal the library's default may be
 * absent; the older {@code text_config_dict} and {@code vision_config_dict} win over their
 * successors where they are given, as in that library.
 */
final class ClipConfigFile {
  /** More than any published CLIP by far; keeps a hostile file from asking for huge arrays. */
  private static final int MAX_SIZE = 1 << 20;

  /** Written into OpenAI's conversions by mistake; the end token is then the largest id. */
  private static final int LEGACY_END_TOKEN = 2;

  private final Path file;
  private final JsonNode json;

  private ClipConfigFile(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * @throws ModelFileException naming the file, the field and what was expected
   */
  static ClipConfig read(Path file) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ModelFileException(file + ": cannot be read: " + reason, e);
    }
    return new ClipConfigFile(file, json).config();
  }

  private ClipConfig config() {
    String type = json.path("model_type").asText();
    if (!type.equals("clip")) {
      throw invalid("model_type", '"' + type + '"', "\"clip\"");
    }
    List<JsonNode> vision = List.of(json.path("vision_config_dict"), json.path("vision_config"));
    List<JsonNode> text = List.of(json.path("text_config_dict"), json.path("text_config"));
    TowerConfig visionTower = tower("vision_config", vision, 768, 3072, 12, 12);
    TowerConfig textTower = tower("text_config", text, 512, 2048, 8, 12);
    int imageSize = size("vision_config", vision, "image_size", 224);
    int patchSize = size("vision_config", vision, "patch_size", 32);
    if (imageSize % patchSize != 0) {
      throw invalid("image_size", imageSize, "a multiple of patch_size, " + patchSize);
    }
    int channels = size("vision_config", vision, "num_channels", 3);
    if (channels != 3) {
      throw invalid("vision_config.num_channels", channels, 3);
    }
    int vocabulary = size("text_config", text, "vocab_size", 49408);
    int end = size("text_config", text, "eos_token_id", 49407);
    return new ClipConfig(
        visionTower,
        textTower,
        imageSize,
        patchSize,
        size("text_config", text, "max_position_embeddings", 77),
        vocabulary,
        end == LEGACY_END_TOKEN ? vocabulary - 1 : end,
        size("", List.of(json), "projection_dim", 512));
  }

  private TowerConfig tower(
      String section, List<JsonNode> nodes, int width, int mlpWidth, int heads, int layers) {
    TowerConfig tower =
        new TowerConfig(
            size(section, nodes, "hidden_size", width),
            size(section, nodes, "intermediate_size", mlpWidth),
            size(section, nodes, "num_attention_heads", heads),
            size(section, nodes, "num_hidden_layers", layers),
            epsilon(section, nodes),
            activation(section, nodes));
    if (tower.width() % tower.heads() != 0) {
      throw invalid(
          section + ".hidden_size",
          tower.width(),
          "a multiple of num_attention_heads, " + tower.heads());
    }
    return tower;
  }

  private int size(String section, List<JsonNode> nodes, String field, int standard) {
    JsonNode value = field(nodes, field);
    if (value.isMissingNode()) {
      return standard;
    }
    if (!value.isInt() || value.intValue() < 1 || value.intValue() > MAX_SIZE) {
      String name = section.isEmpty() ? field : section + "." + field;
      throw invalid(name, value, "a whole number in 1.." + MAX_SIZE);
    }
    return value.intValue();
  }

  private float epsilon(String section, List<JsonNode> nodes) {
    JsonNode value = field(nodes, "layer_norm_eps");
    float epsilon = value.isMissingNode() ? 1e-5f : (float) value.asDouble(-1);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw invalid(section + ".layer_norm_eps", value, "a number between 0 and 1");
    }
    return epsilon;
  }

  private Activation activation(String section, List<JsonNode> nodes) {
    String name = field(nodes, "hidden_act").asText(Activation.QUICK_GELU.configName());
    return Arrays.stream(Activation.values())
        .filter(activation -> activation.configName().equals(name))
        .findFirst()
        .orElseThrow(
            () -> invalid(section + ".hidden_act", '"' + name + '"', "quick_gelu or gelu"));
  }

  private static JsonNode field(List<JsonNode> nodes, String field) {
    return nodes.stream()
        .map(node -> node.path(field))
        .filter(node -> !node.isMissingNode() && !node.isNull())
        .findFirst()
        .orElse(nodes.get(0).path("\0absent"));
  }

  private ModelFileException invalid(String field, Object found, Object expected) {
    String shown = Text.shorten(found.toString());
    return new ModelFileException(file + ": " + field + " is " + shown + ", expected " + expected);
  }
}
