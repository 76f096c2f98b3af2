package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of weight file computes PyTorch's features. */
class NanoModelTest {
  private static final NpzFile EXPECTED = Golden.arrays("nano.npz");
  private static final int END = 519;

  @Test
  void readsAHuggingFaceFolderInBfloat16WithGelu() {
    checkFeatures("clip-gelu-nano", ClipFiles.read(Golden.path("clip-gelu-nano")));
  }

  @Test
  void readsAPytorchModelBinInFloat16(@TempDir Path folder) throws IOException {
    Files.copy(
        Golden.path("containers/nano-pytorch_model.bin"), folder.resolve("pytorch_model.bin"));
    String config = Files.readString(Golden.path("clip-gelu-nano/config.json"));
    Files.writeString(folder.resolve("config.json"), config.replace("\"gelu\"", "\"quick_gelu\""));
    checkFeatures("nano-pytorch_model.bin", ClipFiles.read(folder));
  }

  @Test
  void readsOpenAisStateDict() {
    ClipFiles files = ClipFiles.read(Golden.path("containers/nano-openai-state.pt"));
    assertEquals(64, files.config().imageSize());
    assertEquals(16, files.config().patchSize());
    assertEquals(END, files.config().endToken());
    checkFeatures("nano-openai-state.pt", files);
  }

  @Test
  void readsOpenAisTorchScriptArchive() {
    checkFeatures(
        "nano-openai-state.pt", ClipFiles.read(Golden.path("containers/nano-openai-jit.pt")));
  }

  private static void checkFeatures(String name, ClipFiles files) {
    Deviations deviations = new Deviations();
    long[] padded = EXPECTED.get("ids").longs();
    int[] ids = Arrays.stream(padded).mapToInt(Math::toIntExact).toArray();
    int end = Arrays.stream(ids).boxed().toList().indexOf(END);
    try (NanoModel nano = NanoModel.of(files);
        NDManager manager = nano.manager().newSubManager();
        NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      float[] values = EXPECTED.get("pixels").floats();
      NDArray pixels = manager.create(values, new Shape(1, 3, 64, 64));
      LastBlock last = nano.vision().last();
      LastBlock.Opened opened = nano.vision().open(nano.vision().trunk(pixels));
      NDArray image = last.tail(opened, last.attend(opened, last.heads(), null)).feature();
      float[] expected = EXPECTED.get(name + "/image_feature").floats();
      deviations.check(name + ": image feature", 2e-5, expected, image.toFloatArray());
      List<int[]> prompt = List.of(Arrays.copyOf(ids, end + 1));
      NDArray text = nano.text().encode(manager, prompt, null, 0);
      expected = EXPECTED.get(name + "/text_feature").floats();
      deviations.check(name + ": text feature", 2e-5, expected, text.toFloatArray());
    }
    deviations.log();
  }
}
