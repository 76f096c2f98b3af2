package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that do not fit are refused in one line that says which, what was found and expected. */
class ModelFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @BeforeEach
  void writeModel() {
    SyntheticModel.tiny().writeClip(folder);
    SyntheticModel.tiny().writePhi(folder.resolve("phi.safetensors"));
  }

  @Test
  void opensAModelThatFits() {
    try (ClipCompositionModel model = open()) {
      assertEquals(32, model.description().dimension());
      assertEquals(4, model.description().patchesPerSide());
      assertEquals(folder.getFileName().toString(), model.description().clipModel());
    }
  }

  @Test
  void withoutPhiAModelOnlyEncodes() {
    ClipModelConfig config =
        ClipModelConfig.builder(folder).device(DeviceChoice.CPU).name("mine").build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      assertEquals("", model.description().phiSha256());
      ModelPixels pixels =
          new ModelPixels(
              new byte[3 * 64 * 64], ImageGeometry.plan(64, 64, 64, PreprocessType.CLIP));
      assertEquals(32, model.encode(List.of(pixels)).get(0).length);
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> model.compose(List.of()));
      assertEquals("mine was opened without phi", failure.getMessage());
    }
  }

  @Test
  void refusesAnImageOfAnotherSize() {
    try (ClipCompositionModel model = open()) {
      ModelPixels pixels =
          new ModelPixels(
              new byte[3 * 32 * 32], ImageGeometry.plan(32, 32, 32, PreprocessType.CLIP));
      IllegalArgumentException failure =
          assertThrows(IllegalArgumentException.class, () -> model.encode(List.of(pixels)));
      assertEquals("an image of 3072 numbers, the model's input has 12288", failure.getMessage());
    }
  }

  @Test
  void namesAMissingTensor() throws IOException {
    rename(
        "vision_model.encoder.layers.1.mlp.fc2.bias", "vision_model.encoder.layers.1.mlp.xx2.bias");
    assertRefused(
        "model.safetensors: tensor \"vision_model.encoder.layers.1.mlp.fc2.bias\" is missing");
  }

  @Test
  void namesBothShapes() throws IOException {
    configure(config -> ((ObjectNode) config.path("text_config")).put("intermediate_size", 512));
    assertRefused(
        "model.safetensors: tensor \"text_model.encoder.layers.0.mlp.fc1.weight\" has shape"
            + " [256, 64], expected [512, 64]");
  }

  @Test
  void aHugeSizeAllocatesNothing() throws IOException {
    configure(config -> vision(config).put("hidden_size", 1 << 20).put("num_attention_heads", 1));
    assertRefused("has shape [64, 3, 16, 16], expected [1048576, 3, 16, 16]");
    configure(config -> vision(config).put("hidden_size", 64).put("image_size", 1 << 20));
    assertRefused("has shape [17, 64], expected [4294967297, 64]");
  }

  @Test
  void refusesWeightsThatAreNotFinite() throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] = 0x7C; // of the last tensor's last element: infinite, or NaN
    Files.write(file, bytes);
    assertRefused("tensor \"visual_projection.weight\" has the value ");
  }

  @Test
  void refusesAnotherArchitecture() throws IOException {
    configure(config -> config.put("model_type", "siglip"));
    assertRefused("config.json: model_type is \"siglip\", expected \"clip\"");
  }

  @Test
  void refusesConfigurationsOutOfRange() throws IOException {
    configure(config -> vision(config).put("num_attention_heads", 5));
    assertRefused("vision_config.hidden_size is 64, expected a multiple of num_attention_heads, 5");
    configure(config -> vision(config).put("num_attention_heads", 2).put("hidden_size", 1L << 40));
    assertRefused(
        "vision_config.hidden_size is 1099511627776, expected a whole number in 1..1048576");
    configure(config -> vision(config).put("hidden_size", 64).put("hidden_act", "relu"));
    assertRefused("vision_config.hidden_act is \"relu\", expected quick_gelu or gelu");
    configure(config -> vision(config).put("hidden_act", "r".repeat(5000)));
    assertRefused("is \"" + "r".repeat(79) + "…, expected quick_gelu or gelu");
    configure(config -> vision(config).put("hidden_act", "gelu").put("patch_size", 15));
    assertRefused("image_size is 64, expected a multiple of patch_size, 15");
    configure(config -> vision(config).put("patch_size", 16).put("layer_norm_eps", "small"));
    assertRefused("vision_config.layer_norm_eps is \"small\", expected a number between 0 and 1");
    configure(config -> vision(config).put("layer_norm_eps", 1e-5));
    configure(config -> config.put("projection_dim", -1));
    assertRefused("projection_dim is -1");
  }

  @Test
  void refusesABrokenConfiguration() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\"");
    assertRefused("config.json: cannot be read: ");
    Files.delete(folder.resolve("config.json"));
    assertRefused("config.json: cannot be read: ");
  }

  @Test
  void refusesAPhiOfAnotherClip() {
    SyntheticModel other = new SyntheticModel(64, 16, 64, 2, 64, 2, 2, 48);
    other.writePhi(folder.resolve("phi.safetensors"));
    assertRefused("phi.safetensors: takes features of length 48, CLIP makes 32");
    other = new SyntheticModel(64, 16, 64, 2, 96, 2, 2, 32);
    other.writePhi(folder.resolve("phi.safetensors"));
    assertRefused("phi.safetensors: makes words of length 96, CLIP takes 64");
  }

  @Test
  void refusesAFileThatIsNoPhi() {
    ClipModelConfig config =
        ClipModelConfig.builder(folder).phi(folder.resolve("model.safetensors")).build();
    assertRefused(config, "model.safetensors: has no phi; expected");
  }

  @Test
  void searleNeedsItsClip() {
    ClipModelConfig config =
        ClipModelConfig.builder(folder)
            .phi(folder.resolve("phi.safetensors"))
            .evalType(EvalType.SEARLE)
            .build();
    assertRefused(
        config,
        "eval type \"searle\" needs a CLIP with patches of 32 in 224 pixels, this one has 16 in 64");
  }

  @Test
  void namesWhatAFolderLacks(@TempDir Path empty) throws IOException {
    ClipModelConfig config = ClipModelConfig.builder(empty).build();
    assertRefused(
        config, empty + ": has no weight file; expected model.safetensors or pytorch_model.bin");
    Files.writeString(empty.resolve("pytorch_model.bin.index.json"), "{}");
    assertRefused(config, "the weights are split over several files; expected one");
    assertRefused(ClipModelConfig.builder(empty.resolve("absent.pt")).build(), "absent.pt");
  }

  @Test
  void cudaIsRefusedWhereThereIsNone() {
    if (TorchEngine.start(ClipModelConfig.builder(folder).build().threads()).getGpuCount() > 0) {
      return;
    }
    ClipModelConfig config = ClipModelConfig.builder(folder).device(DeviceChoice.CUDA).build();
    assertRefused(config, "sees no CUDA device; PYTORCH_LIBRARY_PATH");
  }

  @Test
  void publishedConfigurationsMayLeaveOutDefaults() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\"}");
    ClipConfig config = ClipConfigFile.read(folder.resolve("config.json"));
    TowerConfig vision = new TowerConfig(768, 3072, 12, 12, 1e-5f, Activation.QUICK_GELU);
    TowerConfig text = new TowerConfig(512, 2048, 8, 12, 1e-5f, Activation.QUICK_GELU);
    assertEquals(new ClipConfig(vision, text, 224, 32, 77, 49408, 49407, 512), config);
  }

  @Test
  void olderSectionsWin() throws IOException {
    configure(
        config -> {
          config.putNull("text_config_dict");
          config.putObject("vision_config_dict").put("hidden_act", "gelu");
        });
    ClipConfig config = ClipConfigFile.read(folder.resolve("config.json"));
    assertEquals(Activation.GELU, config.vision().activation());
    assertEquals(64, config.vision().width());
    assertEquals(64, config.text().width());
  }

  @Test
  void readsTheDemoWorldsTokenizer() {
    Path demo = Path.of("..", "demo-world", "model");
    ClipConfig config = ClipConfigFile.read(demo.resolve("config.json"));
    try (ClipTokenizer ours = ClipTokenizer.open(demo, config);
        ClipTokenizer golden =
            ClipTokenizer.open(
                Golden.path("clip-b32-tiny"),
                ClipConfigFile.read(Golden.path("clip-b32-tiny/config.json")))) {
      assertTrue(Arrays.equals(golden.encode("is blue"), ours.encode("is blue")));
    }
  }

  private void assertRefused(String message) {
    assertRefused(config(), message);
  }

  private static void assertRefused(ClipModelConfig config, String message) {
    ModelFileException failure =
        assertThrows(
            ModelFileException.class,
            () -> {
              try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
                assertFalse(true, model.description()::toString);
              }
            });
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
  }

  private ClipCompositionModel open() {
    return ClipCompositionModel.open(config());
  }

  private ClipModelConfig config() {
    return ClipModelConfig.builder(folder)
        .phi(folder.resolve("phi.safetensors"))
        .device(DeviceChoice.CPU)
        .build();
  }

  private static ObjectNode vision(ObjectNode config) {
    return (ObjectNode) config.path("vision_config");
  }

  private void configure(Consumer<ObjectNode> change) throws IOException {
    Path file = folder.resolve("config.json");
    JsonNode config = JSON.readTree(file.toFile());
    change.accept((ObjectNode) config);
    JSON.writeValue(file.toFile(), config);
  }

  /** Gives a tensor another name of the same length. */
  private void rename(String name, String other) throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    byte[] renamed = header.replace(name, other).getBytes(StandardCharsets.UTF_8);
    assertEquals(length, renamed.length);
    System.arraycopy(renamed, 0, bytes, 8, length);
    Files.write(file, bytes);
  }
}
