package dev.heliograph.inference;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The tensors of one weight file, checked and brought to the device one by one as float32. What is
 * never asked for ({@code position_ids}, {@code logit_scale}) is never read.
 *
 * @param manager owns what is loaded
 */
record Weights(Path file, Map<String, Tensor> tensors, NDManager manager) {

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * @throws ModelFileException if the tensor is missing, has another shape, or is not finite
   */
  NDArray load(String name, long... shape) {
    return loadStacked(List.of(name), shape);
  }

  /**
   * Several tensors of one shape, one below the other. They are read into PyTorch's own memory: a
   * mapped file, the heap and direct buffers would all stay large for a while.
   *
   * @throws ModelFileException if one is missing, has another shape, or is not finite; or if they
   *     are over 2 GiB
   */
  NDArray loadStacked(List<String> names, long... shape) {
    List<Tensor> tensors = names.stream().map(name -> tensorOf(name, shape)).toList();
    requireSize(names, tensors);
    long[] stacked = shape.clone();
    stacked[0] *= names.size();
    try (NDManager host = manager.newSubManager(Device.cpu())) {
      NDArray array = host.create(new Shape(stacked), DataType.FLOAT32);
      ByteBuffer bytes = array.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN);
      int length = bytes.capacity() / names.size();
      for (int i = 0; i < names.size(); i++) {
        read(names.get(i), tensors.get(i), bytes.slice(i * length, length));
      }
      requireFinite(names, array, bytes.asFloatBuffer());
      NDArray loaded = array.toDevice(manager.getDevice(), false);
      loaded.attach(manager);
      return loaded;
    }
  }

  Linear linear(String name, long outputs, long inputs) {
    return new Linear(load(name + ".weight", outputs, inputs), load(name + ".bias", outputs));
  }

  Linear linearWithoutBias(String name, long outputs, long inputs) {
    return new Linear(load(name + ".weight", outputs, inputs), null);
  }

  /** Several linear layers over the same input, as one. */
  Linear stackedLinear(List<String> names, long outputs, long inputs) {
    return new Linear(
        loadStacked(suffixed(names, ".weight"), outputs, inputs),
        loadStacked(suffixed(names, ".bias"), outputs));
  }

  LayerNorm layerNorm(String name, long width, float epsilon) {
    return new LayerNorm(load(name + ".weight", width), load(name + ".bias", width), epsilon);
  }

  /**
   * The shape of a tensor whose sizes the file decides.
   *
   * @throws ModelFileException if the tensor is missing or has another number of dimensions
   */
  long[] shape(String name, int dimensions) {
    long[] shape = tensor(name).shape();
    if (shape.length != dimensions) {
      throw new ModelFileException(
          describe(name) + " has " + shape.length + " dimensions, expected " + dimensions);
    }
    return shape;
  }

  /** PyTorch's memory is written to as one buffer. */
  private void requireSize(List<String> names, List<Tensor> tensors) {
    long bytes = tensors.stream().mapToLong(Tensor::elements).sum() * Float.BYTES;
    if (bytes > Integer.MAX_VALUE) {
      throw new ModelFileException(
          file + ": " + names + " take " + bytes + " bytes, the limit is " + Integer.MAX_VALUE);
    }
  }

  private void read(String name, Tensor tensor, ByteBuffer target) {
    try {
      tensor.copyFloats(target.order(ByteOrder.LITTLE_ENDIAN));
    } catch (CheckpointException e) {
      throw new ModelFileException(describe(name) + ": " + e.getMessage(), e);
    }
  }

  /** A sum that is finite has only finite terms. One that is not may have them too. */
  private void requireFinite(List<String> names, NDArray array, FloatBuffer values) {
    try (NDArray sum = array.sum()) {
      if (Float.isFinite(sum.getFloat())) {
        return;
      }
    }
    int length = values.limit() / names.size();
    for (int i = 0; i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw new ModelFileException(
            describe(names.get(i / length))
                + " has the value "
                + values.get(i)
                + " at element "
                + i % length);
      }
    }
  }

  private Tensor tensorOf(String name, long... shape) {
    Tensor tensor = tensor(name);
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new ModelFileException(
          describe(name)
              + " has shape "
              + Arrays.toString(tensor.shape())
              + ", expected "
              + Arrays.toString(shape));
    }
    return tensor;
  }

  private Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelFileException(describe(name) + " is missing");
    }
    return tensor;
  }

  private String describe(String name) {
    return file + ": tensor \"" + name + '"';
  }

  private static List<String> suffixed(List<String> names, String suffix) {
    return names.stream().map(name -> name + suffix).toList();
  }
}
