package dev.heliograph.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every tensor and value of the golden containers, as PyTorch itself reads them. */
class TorchFileTest {
  private static final double SUM_TOLERANCE = 1e-6;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kinds.pt",
        "views.pt",
        "nested.pt",
        "bare-tensor.pt",
        "nano-openai-state.pt",
        "nano-pytorch_model.bin"
      })
  void readsWhatTorchSaveWrites(String name) throws IOException {
    assertValue(expected(name), TorchFile.read(container(name)), name);
  }

  @Test
  void readsATorchScriptModuleAsItsStateDict() throws IOException {
    JsonNode items = expected("nano-openai-jit.pt").get("items");

    Map<String, Tensor> tensors = TorchFile.tensors(container("nano-openai-jit.pt"));

    assertEquals(items.size(), tensors.size());
    tensors.forEach((name, tensor) -> assertTensor(items.get(name), tensor, name));
  }

  @Test
  void namesNestedTensorsByTheirKeys() {
    Map<String, Tensor> tensors = TorchFile.tensors(Golden.path("phi-b32-tiny.pt"));

    assertEquals(
        List.of(
            "Phi.layers.0.weight",
            "Phi.layers.0.bias",
            "Phi.layers.3.weight",
            "Phi.layers.3.bias",
            "Phi.layers.6.weight",
            "Phi.layers.6.bias"),
        List.copyOf(tensors.keySet()));
  }

  @Test
  void refusesTheFormatBeforeZip() {
    var e = assertThrows(CheckpointException.class, () -> TorchFile.read(container("legacy.pt")));

    assertTrue(e.getMessage().contains("legacy.pt: is in PyTorch's format from before 1.6"));
  }

  @Test
  void takesRowsWithoutTheRest() {
    Tensor tensor = (Tensor) TorchFile.read(container("bare-tensor.pt"));
    float[] all = tensor.toFloats();

    Tensor rows = tensor.rows(1, 3);

    assertArrayEquals(new long[] {3, 4}, rows.shape());
    assertArrayEquals(Arrays.copyOfRange(all, 4, 16), rows.toFloats());
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.rows(3, 3));
  }

  private static Path container(String name) {
    return Golden.path("containers/" + name);
  }

  private static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(Golden.bytes("expected/containers.json")).required(name);
  }

  private static void assertValue(JsonNode expected, Object value, String where) {
    String kind = expected.fieldNames().next();
    JsonNode content = expected.get(kind);
    switch (kind) {
      case "dict" -> assertDict(expected.get("items"), (Map<?, ?>) value, where);
      case "list", "tuple", "set" -> assertList(content, (List<?>) value, where);
      case "torch.Size" -> assertEquals(longs(content), value, where);
      case "tensor" -> assertTensor(expected, (Tensor) value, where);
      case "int" -> assertEquals(content.bigIntegerValue(), integer(value), where);
      case "float" -> assertEquals(content.doubleValue(), value, where);
      case "bool" -> assertEquals(content.booleanValue(), value, where);
      case "str", "dtype" -> assertEquals(content.textValue(), value, where);
      case "NoneType" -> assertNull(value, where);
      case "bytes" -> {
        List<Long> bytes = new ArrayList<>();
        for (byte b : (byte[]) value) {
          bytes.add((long) (b & 0xff));
        }
        assertEquals(longs(content), bytes, where);
      }
      default -> throw new AssertionError(where + ": " + kind);
    }
  }

  private static void assertDict(JsonNode items, Map<?, ?> map, String where) {
    List<String> names = new ArrayList<>();
    items.fieldNames().forEachRemaining(names::add);
    assertEquals(names, map.keySet().stream().map(String::valueOf).toList(), where);
    map.forEach(
        (key, value) -> assertValue(items.get(String.valueOf(key)), value, where + "/" + key));
  }

  private static void assertList(JsonNode items, List<?> list, String where) {
    assertEquals(items.size(), list.size(), where);
    for (int i = 0; i < list.size(); i++) {
      assertValue(items.get(i), list.get(i), where + "/" + i);
    }
  }

  private static void assertTensor(JsonNode expected, Tensor tensor, String where) {
    assertEquals(expected.get("tensor").textValue(), tensor.type().torchName(), where);
    List<Long> shape = new ArrayList<>();
    for (long size : tensor.shape()) {
      shape.add(size);
    }
    assertEquals(longs(expected.get("shape")), shape, where);
    float[] values = tensor.toFloats();
    double sum = 0;
    double magnitude = 0;
    for (float value : values) {
      sum += value;
      magnitude += Math.abs(value);
    }
    assertEquals(
        expected.get("sum").doubleValue(), sum, SUM_TOLERANCE * Math.max(1, magnitude), where);
    JsonNode head = expected.get("head");
    for (int i = 0; i < head.size(); i++) {
      assertEquals((float) head.get(i).doubleValue(), values[i], where);
    }
    JsonNode tail = expected.get("tail");
    for (int i = 0; i < tail.size(); i++) {
      assertEquals(
          (float) tail.get(i).doubleValue(), values[values.length - tail.size() + i], where);
    }
    JsonNode all = expected.path("values");
    for (int i = 0; i < all.size(); i++) {
      assertEquals((float) all.get(i).doubleValue(), values[i], where);
    }
  }

  private static BigInteger integer(Object value) {
    return value instanceof BigInteger big ? big : BigInteger.valueOf((Long) value);
  }

  private static List<Long> longs(JsonNode array) {
    List<Long> longs = new ArrayList<>();
    array.forEach(item -> longs.add(item.longValue()));
    return longs;
  }
}
