package dev.heliograph.inference;

import dev.heliograph.checkpoint.DataType;
import dev.heliograph.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * OpenAI's own CLIP checkpoints (a state dict, or a TorchScript archive as they are downloaded)
 * under Hugging Face's names. There q, k and v are stacked in one tensor, projections are
 * transposed, and sizes are read off the tensors: a head is 64 wide.
 */
final class OpenAiNames {
  private static final String MARK = "visual.conv1.weight";
  private static final int HEAD_WIDTH = 64;
  private static final int MAX_SIZE = 1 << 20;
  private static final float EPSILON = 1e-5f;

  private static final Map<String, String> WHOLE =
      Map.of(
          MARK,
          "vision_model.embeddings.patch_embedding.weight",
          "visual.class_embedding",
          "vision_model.embeddings.class_embedding",
          "visual.positional_embedding",
          "vision_model.embeddings.position_embedding.weight",
          "positional_embedding",
          "text_model.embeddings.position_embedding.weight",
          "token_embedding.weight",
          "text_model.embeddings.token_embedding.weight",
          "visual.proj",
          "visual_projection.weight",
          "text_projection",
          "text_projection.weight");

  /** In this order: the first prefix that fits is replaced. */
  private static final Map<String, String> PREFIXES = new LinkedHashMap<>();

  private static final Map<String, String> PARTS =
      Map.of(
          ".attn.", ".self_attn.",
          ".ln_1.", ".layer_norm1.",
          ".ln_2.", ".layer_norm2.",
          ".mlp.c_fc.", ".mlp.fc1.",
          ".mlp.c_proj.", ".mlp.fc2.");

  static {
    PREFIXES.put("visual.transformer.resblocks.", "vision_model.encoder.layers.");
    PREFIXES.put("transformer.resblocks.", "text_model.encoder.layers.");
    PREFIXES.put("visual.ln_pre.", "vision_model.pre_layrnorm.");
    PREFIXES.put("visual.ln_post.", "vision_model.post_layernorm.");
    PREFIXES.put("ln_final.", "text_model.final_layer_norm.");
  }

  private OpenAiNames() {}

  static boolean areIn(Map<String, Tensor> tensors) {
    return tensors.containsKey(MARK);
  }

  static Map<String, Tensor> toHuggingFace(Map<String, Tensor> tensors) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.contains(".attn.in_proj_") && tensor.shape().length > 0) {
            putSplit(renamed, name, tensor);
          } else if (name.equals("visual.proj") || name.equals("text_projection")) {
            renamed.put(rename(name), transpose(tensor));
          } else {
            renamed.put(rename(name), tensor);
          }
        });
    return renamed;
  }

  /**
   * @param tensors under Hugging Face's names
   * @throws ModelFileException if a tensor that tells a size is missing or has another rank
   */
  static ClipConfig config(Path file, Map<String, Tensor> tensors) {
    Sizes sizes = new Sizes(file, tensors);
    int[] patch = sizes.of("vision_model.embeddings.patch_embedding.weight", 4);
    int patches = sizes.of("vision_model.embeddings.position_embedding.weight", 2)[0] - 1;
    int perSide = (int) Math.round(Math.sqrt(patches));
    int[] tokens = sizes.of("text_model.embeddings.token_embedding.weight", 2);
    return new ClipConfig(
        sizes.tower("vision_model", patch[0]),
        sizes.tower("text_model", tokens[1]),
        perSide * patch[2],
        patch[2],
        sizes.of("text_model.embeddings.position_embedding.weight", 2)[0],
        tokens[0],
        tokens[0] - 1,
        sizes.of("text_projection.weight", 2)[0]);
  }

  private static String rename(String name) {
    String whole = WHOLE.get(name);
    if (whole != null) {
      return whole;
    }
    String renamed = name;
    for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
      if (name.startsWith(prefix.getKey())) {
        renamed = prefix.getValue() + name.substring(prefix.getKey().length());
        break;
      }
    }
    for (Map.Entry<String, String> part : PARTS.entrySet()) {
      renamed = renamed.replace(part.getKey(), part.getValue());
    }
    return renamed;
  }

  /** {@code in_proj} holds the rows of q, then k, then v. */
  private static void putSplit(Map<String, Tensor> renamed, String name, Tensor tensor) {
    String[] ends = rename(name).split("in_proj_", 2);
    long rows = tensor.shape()[0] / 3;
    for (int i = 0; i < 3; i++) {
      renamed.put(ends[0] + "qkv".charAt(i) + "_proj." + ends[1], tensor.rows(i * rows, rows));
    }
  }

  private static Tensor transpose(Tensor tensor) {
    long[] shape = tensor.shape();
    if (shape.length != 2) {
      return tensor; // its user will name the wrong shape
    }
    float[] values = tensor.toFloats();
    int rows = (int) shape[0];
    int columns = (int) shape[1];
    ByteBuffer transposed =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        transposed.putFloat(values[row * columns + column]);
      }
    }
    return Tensor.of(DataType.FLOAT32, new long[] {columns, rows}, transposed.flip());
  }

  /** Sizes that the tensors' shapes tell. */
  private record Sizes(Path file, Map<String, Tensor> tensors) {

    TowerConfig tower(String model, int width) {
      int layers = 0;
      while (tensors.containsKey(layer(model, layers))) {
        layers++;
      }
      int mlpWidth = of(layer(model, 0), 2)[0];
      if (width % HEAD_WIDTH != 0) {
        throw new ModelFileException(
            file + ": " + model + " is " + width + " wide, expected a multiple of " + HEAD_WIDTH);
      }
      return new TowerConfig(
          width, mlpWidth, width / HEAD_WIDTH, layers, EPSILON, Activation.QUICK_GELU);
    }

    int[] of(String name, int rank) {
      Tensor tensor = tensors.get(name);
      if (tensor == null || tensor.shape().length != rank) {
        throw new ModelFileException(
            file
                + ": tensor \""
                + name
                + "\" is "
                + (tensor == null ? "missing" : tensor)
                + ", expected "
                + rank
                + " dimensions");
      }
      int[] sizes = new int[rank];
      for (int i = 0; i < rank; i++) {
        long size = tensor.shape()[i];
        if (size < 1 || size > MAX_SIZE) {
          throw new ModelFileException(
              file
                  + ": tensor \""
                  + name
                  + "\" is "
                  + tensor
                  + ", expected sizes in 1.."
                  + MAX_SIZE);
        }
        sizes[i] = (int) size;
      }
      return sizes;
    }

    private static String layer(String model, int index) {
      return model + ".encoder.layers." + index + ".mlp.fc1.weight";
    }
  }
}
