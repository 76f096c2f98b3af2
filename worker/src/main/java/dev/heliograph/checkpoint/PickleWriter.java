package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, scalars and tensors as a pickle that {@code weights_only=True} accepts. */
final class PickleWriter {
  private static final Map<DataType, String> STORAGES =
      Map.of(
          DataType.BOOL, "BoolStorage",
          DataType.UINT8, "ByteStorage",
          DataType.INT8, "CharStorage",
          DataType.INT16, "ShortStorage",
          DataType.INT32, "IntStorage",
          DataType.INT64, "LongStorage",
          DataType.FLOAT16, "HalfStorage",
          DataType.BFLOAT16, "BFloat16Storage",
          DataType.FLOAT32, "FloatStorage",
          DataType.FLOAT64, "DoubleStorage");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Tensor> storages = new ArrayList<>();

  /** The pickle of one value; call it once. */
  byte[] write(@Nullable Object value) {
    out.write(0x80);
    out.write(2);
    put(value);
    out.write('.');
    return out.toByteArray();
  }

  /** The tensors met on the way: the storage named by an index holds that one's elements. */
  List<Tensor> storages() {
    return storages;
  }

  private void put(@Nullable Object value) {
    if (value == null) {
      out.write('N');
    } else if (value instanceof Boolean flag) {
      out.write(flag ? 0x88 : 0x89);
    } else if (value instanceof Long || value instanceof Integer) {
      putInteger(((Number) value).longValue());
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
    } else if (value instanceof String text) {
      putText(text);
    } else if (value instanceof Tensor tensor) {
      putTensor(tensor);
    } else if (value instanceof List<?> list) {
      putList(list);
    } else if (value instanceof Map<?, ?> map) {
      putMap(map);
    } else {
      throw new CheckpointException(
          "a " + value.getClass().getSimpleName() + " cannot be written to a PyTorch file");
    }
  }

  private void putInteger(long value) {
    out.write(0x8a);
    out.write(Long.BYTES);
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private void putText(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    out.write('X');
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .array());
    out.writeBytes(bytes);
  }

  private void putList(List<?> list) {
    out.write(']');
    out.write('(');
    list.forEach(this::put);
    out.write('e');
  }

  private void putMap(Map<?, ?> map) {
    out.write('}');
    out.write('(');
    map.forEach(
        (key, value) -> {
          put(key);
          put(value);
        });
    out.write('u');
  }

  private void putTensor(Tensor tensor) {
    putGlobal("torch._utils", "_rebuild_tensor_v2");
    out.write('(');
    out.write('(');
    putText("storage");
    putGlobal("torch", STORAGES.get(tensor.type()));
    putText(Integer.toString(storages.size()));
    putText("cpu");
    putInteger(tensor.elements());
    out.write('t');
    out.write('Q');
    putInteger(0);
    putTuple(tensor.shape());
    putTuple(Tensor.rowMajor(tensor.shape()));
    out.write(0x89); // requires_grad
    putGlobal("collections", "OrderedDict"); // backward hooks: none
    out.write(')');
    out.write('R');
    out.write('t');
    out.write('R');
    storages.add(tensor);
  }

  private void putTuple(long[] integers) {
    out.write('(');
    for (long integer : integers) {
      putInteger(integer);
    }
    out.write('t');
  }

  private void putGlobal(String module, String name) {
    out.write('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(UTF_8));
  }
}
