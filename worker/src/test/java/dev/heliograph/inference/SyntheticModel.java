package dev.heliograph.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Writes Hugging Face folders with random float16 weights, in the shape of published models.
 *
 * @param layers of both towers
 */
public record SyntheticModel(
    int imageSize,
    int patchSize,
    int width,
    int heads,
    int textWidth,
    int textHeads,
    int layers,
    int dimension) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VOCABULARY = 49408;
  private static final int CONTEXT = 77;

  public static SyntheticModel vitB32() {
    return new SyntheticModel(224, 32, 768, 12, 512, 8, 12, 512);
  }

  static SyntheticModel vitL14() {
    return new SyntheticModel(224, 14, 1024, 16, 768, 12, 24, 768);
  }

  static SyntheticModel tiny() {
    return new SyntheticModel(64, 16, 64, 2, 64, 2, 2, 32);
  }

  /** Writes everything but phi; the tokenizer is the golden data's. */
  public void writeClip(Path folder) {
    try {
      Files.writeString(folder.resolve("config.json"), config().toString());
      Path tokenizer = folder.resolve("tokenizer.json");
      Files.copy(Golden.path("clip-b32-tiny/tokenizer.json"), tokenizer);
      write(folder.resolve("model.safetensors"), clipShapes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SEARLE's three layers, four times as wide in the middle. */
  public void writePhi(Path file) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    linear(shapes, "layers.0", 4 * dimension, dimension);
    linear(shapes, "layers.3", 4 * dimension, 4 * dimension);
    linear(shapes, "layers.6", textWidth, 4 * dimension);
    try {
      write(file, shapes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, int[]> clipShapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    String text = "text_model.embeddings.";
    shapes.put(text + "token_embedding.weight", new int[] {VOCABULARY, textWidth});
    shapes.put(text + "position_embedding.weight", new int[] {CONTEXT, textWidth});
    blocks(shapes, "text_model", textWidth);
    norm(shapes, "text_model.final_layer_norm", textWidth);
    shapes.put("text_projection.weight", new int[] {dimension, textWidth});
    int patches = (imageSize / patchSize) * (imageSize / patchSize);
    String vision = "vision_model.embeddings.";
    shapes.put(vision + "class_embedding", new int[] {width});
    shapes.put(vision + "position_embedding.weight", new int[] {1 + patches, width});
    shapes.put(vision + "patch_embedding.weight", new int[] {width, 3, patchSize, patchSize});
    norm(shapes, "vision_model.pre_layrnorm", width);
    blocks(shapes, "vision_model", width);
    norm(shapes, "vision_model.post_layernorm", width);
    shapes.put("visual_projection.weight", new int[] {dimension, width});
    return shapes;
  }

  private void blocks(Map<String, int[]> shapes, String model, int width) {
    for (int i = 0; i < layers; i++) {
      String layer = model + ".encoder.layers." + i + ".";
      for (String name : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        linear(shapes, layer + "self_attn." + name, width, width);
      }
      norm(shapes, layer + "layer_norm1", width);
      norm(shapes, layer + "layer_norm2", width);
      linear(shapes, layer + "mlp.fc1", 4 * width, width);
      linear(shapes, layer + "mlp.fc2", width, 4 * width);
    }
  }

  private static void linear(Map<String, int[]> shapes, String name, int outputs, int inputs) {
    shapes.put(name + ".weight", new int[] {outputs, inputs});
    shapes.put(name + ".bias", new int[] {outputs});
  }

  private static void norm(Map<String, int[]> shapes, String name, int width) {
    shapes.put(name + ".weight", new int[] {width});
    shapes.put(name + ".bias", new int[] {width});
  }

  private ObjectNode config() {
    ObjectNode config = JSON.createObjectNode();
    config.put("model_type", "clip").put("projection_dim", dimension);
    tower(config.putObject("vision_config"), width, heads)
        .put("image_size", imageSize)
        .put("patch_size", patchSize);
    tower(config.putObject("text_config"), textWidth, textHeads).put("eos_token_id", 2);
    return config;
  }

  private ObjectNode tower(ObjectNode tower, int width, int heads) {
    return tower
        .put("hidden_size", width)
        .put("intermediate_size", 4 * width)
        .put("num_attention_heads", heads)
        .put("num_hidden_layers", layers);
  }

  /** Values of a few hundred random bit patterns repeated: the file is written at disk speed. */
  private static void write(Path file, Map<String, int[]> shapes) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    long offset = 0;
    for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
      ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", "F16");
      var shape = tensor.putArray("shape");
      long elements = 1;
      for (int size : entry.getValue()) {
        shape.add(size);
        elements *= size;
      }
      tensor.putArray("data_offsets").add(offset).add(offset + 2 * elements);
      offset += 2 * elements;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer length =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
      out.write(length.flip());
      out.write(ByteBuffer.wrap(json));
      Random random = new Random(7);
      for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
        out.write(values(entry.getKey(), entry.getValue(), random));
      }
    }
  }

  private static ByteBuffer values(String name, int[] shape, Random random) {
    int elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    boolean scale = name.contains("norm") && name.endsWith("weight");
    short[] pattern = new short[8191];
    for (int i = 0; i < pattern.length; i++) {
      // float16 of magnitude 2^-8 to 2^-4, or 1 for the scale of a norm
      int exponent = 7 + random.nextInt(4);
      int bits = random.nextInt(2) << 15 | exponent << 10 | random.nextInt(1024);
      pattern[i] = (short) (scale ? 0x3C00 : bits);
    }
    ByteBuffer values = ByteBuffer.allocate(2 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      values.putShort(pattern[i % pattern.length]);
    }
    return values.flip();
  }
}
