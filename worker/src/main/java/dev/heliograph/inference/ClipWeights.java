package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Builds CLIP's towers from tensors under Hugging Face's names, misspellings included. */
final class ClipWeights {
  private final Weights weights;
  private final ClipConfig config;
  private final Trunk.Maker trunks;

  ClipWeights(Weights weights, ClipConfig config, Trunk.Maker trunks) {
    this.weights = weights;
    this.config = config;
    this.trunks = trunks;
  }

  /**
   * @throws ModelFileException naming the first tensor that is missing or does not fit
   */
  VisionTower vision() {
    TowerConfig tower = config.vision();
    int width = tower.width();
    int patch = config.patchSize();
    String embeddings = "vision_model.embeddings.";
    return new VisionTower(
        config.imageSize(),
        patch,
        patchEmbedding(embeddings + "patch_embedding.weight", width, patch),
        weights.load(embeddings + "class_embedding", width),
        weights.load(embeddings + "position_embedding.weight", 1 + config.patches(), width),
        weights.layerNorm("vision_model.pre_layrnorm", width, tower.epsilon()),
        trunk("vision_model", tower),
        last("vision_model", tower, "post_layernorm", "visual_projection"));
  }

  TextTower text() {
    TowerConfig tower = config.text();
    int width = tower.width();
    String embeddings = "text_model.embeddings.";
    return new TextTower(
        weights.load(embeddings + "token_embedding.weight", config.vocabularySize(), width),
        weights.load(embeddings + "position_embedding.weight", config.contextLength(), width),
        trunk("text_model", tower),
        last("text_model", tower, "final_layer_norm", "text_projection"));
  }

  private Linear patchEmbedding(String name, int width, int patch) {

    NDArray convolution = weights.load(name, width, 3, patch, patch);
    return new Linear(convolution.reshape(width, 3L * patch * patch), null);
  }

  private Trunk trunk(String model, TowerConfig tower) {
    int depth = tower.layers() - 1;
    if (depth == 0) {
      return new BlockTrunk(List.of());
    }
    return trunks.of(
        () -> IntStream.range(0, depth).mapToObj(i -> block(layer(model, i), tower)).iterator());
  }

  private TransformerBlock block(String layer, TowerConfig tower) {
    int width = tower.width();
    return new TransformerBlock(
        weights.layerNorm(layer + "layer_norm1", width, tower.epsilon()),
        weights.stackedLinear(projections(layer, "q", "k", "v"), width, width),
        weights.linear(layer + "self_attn.out_proj", width, width),
        weights.layerNorm(layer + "layer_norm2", width, tower.epsilon()),
        mlp(layer, tower),
        tower.heads());
  }

  private LastBlock last(String model, TowerConfig tower, String norm, String projection) {
    String layer = layer(model, tower.layers() - 1);
    int width = tower.width();
    return new LastBlock(
        weights.layerNorm(layer + "layer_norm1", width, tower.epsilon()),
        weights.linear(layer + "self_attn.q_proj", width, width),
        weights.stackedLinear(projections(layer, "k", "v"), width, width),
        weights.linear(layer + "self_attn.out_proj", width, width),
        weights.layerNorm(layer + "layer_norm2", width, tower.epsilon()),
        mlp(layer, tower),
        weights.layerNorm(model + "." + norm, width, tower.epsilon()),
        weights.linearWithoutBias(projection, config.dimension(), width),
        tower.heads());
  }

  private Mlp mlp(String layer, TowerConfig tower) {
    return new Mlp(
        weights.linear(layer + "mlp.fc1", tower.mlpWidth(), tower.width()),
        tower.activation(),
        weights.linear(layer + "mlp.fc2", tower.width(), tower.mlpWidth()));
  }

  private static String layer(String model, int index) {
    return model + ".encoder.layers." + index + ".";
  }

  private static List<String> projections(String layer, String... names) {
    return Stream.of(names).map(name -> layer + "self_attn." + name + "_proj").toList();
  }
}
