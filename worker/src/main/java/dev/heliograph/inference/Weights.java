package dev.heliograph.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.Tensor;
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
    return own(FloatBuffer.wrap(floats(name, shape)), new Shape(shape));
  }

  /** Several tensors of one shape, one below the other. */
  NDArray loadStacked(List<String> names, long... shape) {
    names.forEach(name -> tensorOf(name, shape));
    long[] stacked = shape.clone();
    stacked[0] = shape[0] * names.size();
    FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(new Shape(stacked).size()));
    names.forEach(name -> values.put(floats(name, shape)));
    return own(values.flip(), new Shape(stacked));
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

  private float[] floats(String name, long... shape) {
    Tensor tensor = tensorOf(name, shape);
    float[] values;
    try {
      values = tensor.toFloats();
    } catch (CheckpointException e) {
      throw new ModelFileException(describe(name) + ": " + e.getMessage(), e);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelFileException(
            describe(name) + " has the value " + values[i] + " at element " + i);
      }
    }
    return values;
  }

  /**
   * DJL lays an array over a Java buffer, which counts against the JVM's limit of direct memory and
   * is aligned as Java likes it; a copy is PyTorch's own.
   */
  private NDArray own(FloatBuffer values, Shape shape) {
    try (NDArray borrowed = manager.create(values, shape)) {
      return borrowed.duplicate();
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
