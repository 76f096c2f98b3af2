package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.heliograph.checkpoint.DataType;
import dev.heliograph.checkpoint.Tensor;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  private final NDManager manager =
      TorchEngine.start(OptionalInt.empty()).newBaseManager(Device.cpu());

  @TempDir private Path folder;

  @AfterEach
  void free() {
    manager.close();
  }

  @Test
  void stacksTensorsOneBelowTheOther() {
    Weights weights = weights(Map.of("a", row(1, 2), "b", row(3, 4)));
    assertArrayEquals(
        new float[] {1, 2, 3, 4}, weights.loadStacked(List.of("a", "b"), 1, 2).toFloatArray());
  }

  @Test
  void namesTheOneOfSeveralThatIsNotFinite() {
    Weights weights = weights(Map.of("a", row(1, 2), "b", row(3, Float.NaN)));
    ModelFileException e =
        assertThrows(ModelFileException.class, () -> weights.loadStacked(List.of("a", "b"), 1, 2));
    assertEquals(
        folder.resolve("model") + ": tensor \"b\" has the value NaN at element 1", e.getMessage());
  }

  @Test
  void refusesWhatDoesNotFitOneArray() throws Exception {
    Path file = folder.resolve("sparse");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    Tensor half = Tensor.ofFile(DataType.FLOAT32, new long[] {1 << 14, 1 << 14}, file);
    Weights weights = weights(Map.of("a", half, "b", half));
    ModelFileException e =
        assertThrows(
            ModelFileException.class,
            () -> weights.loadStacked(List.of("a", "b"), 1 << 14, 1 << 14));
    assertEquals(
        folder.resolve("model") + ": [a, b] take 2147483648 bytes, the limit is 2147483647",
        e.getMessage());
  }

  @Test
  void anEmptyTensorIsOne() {
    Tensor empty = Tensor.of(DataType.FLOAT32, new long[] {0, 4}, ByteBuffer.allocate(0));
    assertEquals(0, weights(Map.of("a", empty)).load("a", 0, 4).size());
  }

  private Weights weights(Map<String, Tensor> tensors) {
    return new Weights(folder.resolve("model"), tensors, manager);
  }

  private static Tensor row(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Tensor.of(DataType.FLOAT32, new long[] {1, values.length}, bytes);
  }
}
