package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchFileWriterTest {
  @TempDir Path folder;

  @Test
  void writesWhatTheReaderReads() throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("none", null);
    values.put("yes", true);
    values.put("count", -5L);
    values.put("large", Long.MIN_VALUE);
    values.put("pi", Math.PI);
    values.put("names", List.of("a.png", "猫/🍏.jpg", ""));
    values.put("nested", Map.of("k", List.of(1L, 2L)));
    Path file = folder.resolve("values.pt");

    TorchFileWriter.write(file, values);

    assertEquals(values, TorchFile.read(file));
    assertEquals(List.of(file), Files.list(folder).toList());
  }

  @Test
  void copiesEveryGoldenTensor() throws IOException {
    for (String name : List.of("kinds.pt", "views.pt", "nano-openai-state.pt")) {
      Map<String, Tensor> tensors = TorchFile.tensors(Golden.path("containers/" + name));
      Path file = folder.resolve(name);

      TorchFileWriter.write(file, tensors);

      Map<String, Tensor> copies = TorchFile.tensors(file);
      assertEquals(List.copyOf(tensors.keySet()), List.copyOf(copies.keySet()));
      tensors.forEach(
          (key, tensor) -> {
            assertEquals(tensor.toString(), copies.get(key).toString());
            assertEquals(tensor.data(), copies.get(key).data());
          });
    }
  }

  @Test
  void writesAZipThatOthersReadWithAlignedTensors() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1).putFloat(2).putFloat(3).flip();
    Path file = folder.resolve("gallery.v1.pt");

    TorchFileWriter.write(file, Map.of("a", Tensor.of(DataType.FLOAT32, new long[] {3}, data)));

    try (ZipFile zip = new ZipFile(file.toFile())) {
      byte[] stored = zip.getInputStream(zip.getEntry("gallery.v1/data/0")).readAllBytes();
      assertArrayEquals(data.array(), stored);
      byte[] order = zip.getInputStream(zip.getEntry("gallery.v1/byteorder")).readAllBytes();
      assertEquals("little", new String(order, UTF_8));
    }
    byte[] bytes = Files.readAllBytes(file);
    int at = 0;
    while (!Arrays.equals(bytes, at, at + 12, data.array(), 0, 12)) {
      at++;
    }
    assertEquals(0, at % 64);
  }

  @Test
  void writesTheSameBytesAgain() throws IOException {
    Map<String, Tensor> tensors = TorchFile.tensors(Golden.path("containers/views.pt"));
    Path file = folder.resolve("same.pt");
    TorchFileWriter.write(file, tensors);
    byte[] first = Files.readAllBytes(file);

    TorchFileWriter.write(file, tensors);

    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void refusesOtherTypesAndKeepsTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("kept.pt"), "old");

    assertThrows(CheckpointException.class, () -> TorchFileWriter.write(file, Map.of("a", folder)));

    assertEquals("old", Files.readString(file));
  }
}
