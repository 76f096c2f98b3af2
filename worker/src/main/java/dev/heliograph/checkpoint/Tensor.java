package dev.heliograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A tensor of a weight file. What {@link #data} and {@link #toFloats} give is contiguous, row-major
 * and little-endian, however the file holds it. Thread-safe; the file stays mapped as long as the
 * tensor or one of its buffers is reachable.
 */
public final class Tensor {
  /** A view larger than its storage (an expanded one) may take this much memory. */
  private static final long MAX_EXPANDED_BYTES = 16L << 20;

  private static final int MAX_DIMENSIONS = 32;

  private static final int BLOCK_BYTES = 1 << 18;

  private final DataType type;
  private final long[] shape;
  private final long[] strides;
  private final long offset;
  private final ByteSource storage;
  private final long elements;

  private Tensor(
      DataType type, long[] shape, long[] strides, long offset, ByteSource storage, long elements) {
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.storage = storage;
    this.elements = elements;
  }

  /**
   * A tensor over a buffer's remaining bytes, which must not change afterwards.
   *
   * @param data little-endian, contiguous, row-major
   */
  public static Tensor of(DataType type, long[] shape, ByteBuffer data) {
    return contiguous(type, shape, ByteSource.of(data));
  }

  /**
   * A tensor over a whole file without a header, which is mapped.
   *
   * @throws CheckpointException if the file is missing or of another size
   */
  public static Tensor ofFile(DataType type, long[] shape, Path file) {
    return contiguous(type, shape, MappedFile.open(file));
  }

  static Tensor contiguous(DataType type, long[] shape, ByteSource data) {
    long elements = countElements(type, shape);
    if (elements * type.bytes() != data.size()) {
      throw new CheckpointException(
          describe(type, shape)
              + " needs "
              + elements * type.bytes()
              + " bytes, there are "
              + data.size());
    }
    return new Tensor(type, shape.clone(), rowMajor(shape), 0, data, elements);
  }

  /**
   * A view of a storage, as PyTorch keeps tensors.
   *
   * @param offset of the first element, in elements
   * @param strides between neighbours of each dimension, in elements
   */
  static Tensor view(DataType type, ByteSource storage, long offset, long[] shape, long[] strides) {
    long elements = countElements(type, shape);
    if (strides.length != shape.length) {
      throw new CheckpointException(
          describe(type, shape) + " has " + strides.length + " strides: " + text(strides));
    }
    if (offset < 0 || Arrays.stream(strides).anyMatch(stride -> stride < 0)) {
      throw new CheckpointException(
          describe(type, shape)
              + " has a negative offset or stride: "
              + offset
              + ", "
              + text(strides));
    }
    long end = elements == 0 ? 0 : lastElement(type, offset, shape, strides) + 1;
    if (end > storage.size() / type.bytes()) {
      throw new CheckpointException(
          describe(type, shape)
              + " with strides "
              + text(strides)
              + " ends at element "
              + end
              + " of a storage of "
              + storage.size() / type.bytes());
    }
    if (elements * type.bytes() > Math.max(storage.size(), MAX_EXPANDED_BYTES)) {
      throw new CheckpointException(
          describe(type, shape)
              + " expands a storage of "
              + storage.size()
              + " bytes to "
              + elements * type.bytes()
              + ", the limit is "
              + MAX_EXPANDED_BYTES);
    }
    return new Tensor(
        type, shape.clone(), strides.clone(), elements == 0 ? 0 : offset, storage, elements);
  }

  public DataType type() {
    return type;
  }

  public long[] shape() {
    return shape.clone();
  }

  public long elements() {
    return elements;
  }

  /**
   * The elements: a view of the mapped file where they are contiguous in it, a copy on the heap
   * where they are not.
   *
   * @return read-only, little-endian, from position 0
   * @throws CheckpointException if it is over 2 GiB, or spread over more: take it {@link #rows} by
   *     rows
   */
  public ByteBuffer data() {
    long bytes = elements * type.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new CheckpointException(
          describe(type, shape) + " is " + bytes + " bytes, the limit is " + Integer.MAX_VALUE);
    }
    if (isContiguous()) {
      return storage.slice(offset * type.bytes(), (int) bytes);
    }
    long span = (lastElement(type, 0, shape, strides) + 1) * type.bytes();
    if (span > Integer.MAX_VALUE) {
      throw new CheckpointException(
          describe(type, shape) + " is spread over " + span + " bytes, the limit is 2 GiB");
    }
    ByteBuffer source = storage.slice(offset * type.bytes(), (int) span);
    ByteBuffer copy = ByteBuffer.allocate((int) bytes);
    copy(source, copy, 0, 0);
    return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements widened to single precision (doubles and 64-bit integers: rounded). */
  public float[] toFloats() {
    ByteBuffer data = data();
    float[] floats = new float[(int) elements];
    if (type == DataType.FLOAT32) {
      data.asFloatBuffer().get(floats);
    } else {
      for (int i = 0; i < floats.length; i++) {
        floats[i] = type.toFloat(data, i * type.bytes());
      }
    }
    return floats;
  }

  /**
   * Writes the elements, widened to single precision, to native memory. Where they are contiguous
   * they are read from the file as they are needed, without its pages becoming the process's.
   *
   * @param target little-endian, with as many floats remaining as there are elements
   * @throws CheckpointException if the file cannot be read, or has been cut or replaced
   */
  public void copyFloats(ByteBuffer target) {
    if (target.remaining() != elements * Float.BYTES) {
      throw new IllegalArgumentException(
          describe(type, shape) + " does not fill " + target.remaining() + " bytes");
    }
    if (!isContiguous()) {
      target.asFloatBuffer().put(toFloats());
      target.position(target.limit());
    } else if (type == DataType.FLOAT32) {
      storage.read(offset * Float.BYTES, target);
    } else {
      widen(target);
    }
  }

  /** A block at a time: no array of all elements comes to lie on the heap. */
  private void widen(ByteBuffer target) {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long from = offset * type.bytes();
    while (target.hasRemaining()) {
      int count = Math.min(target.remaining() / Float.BYTES, BLOCK_BYTES / type.bytes());
      block.clear().limit(count * type.bytes());
      storage.read(from, block);
      for (int i = 0; i < count; i++) {
        target.putFloat(type.toFloat(block, i * type.bytes()));
      }
      from += block.limit();
    }
  }

  /** Part of the first dimension. Nothing is copied. */
  public Tensor rows(long from, long count) {
    if (shape.length == 0 || from < 0 || count < 0 || from > shape[0] - count) {
      throw new IndexOutOfBoundsException(
          "rows " + from + " + " + count + " of " + describe(type, shape));
    }
    long[] part = shape.clone();
    part[0] = count;
    long partElements = shape[0] == 0 ? 0 : elements / shape[0] * count;
    return new Tensor(type, part, strides, offset + from * strides[0], storage, partElements);
  }

  @Override
  public String toString() {
    return describe(type, shape);
  }

  private boolean isContiguous() {
    if (elements == 0) {
      return true;
    }
    long expected = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] != 1 && strides[d] != expected) {
        return false;
      }
      expected *= shape[d];
    }
    return true;
  }

  /** Appends everything below the given position (in elements) of one dimension. */
  private void copy(ByteBuffer source, ByteBuffer target, int dimension, int position) {
    if (dimension == shape.length) {
      for (int b = 0; b < type.bytes(); b++) {
        target.put(source.get(position * type.bytes() + b));
      }
      return;
    }
    for (long i = 0; i < shape[dimension]; i++) {
      copy(source, target, dimension + 1, (int) (position + i * strides[dimension]));
    }
  }

  private static long lastElement(DataType type, long offset, long[] shape, long[] strides) {
    try {
      long last = offset;
      for (int d = 0; d < shape.length; d++) {
        last = Math.addExact(last, Math.multiplyExact(shape[d] - 1, strides[d]));
      }
      return Math.addExact(last, 1) - 1;
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          describe(type, shape) + " with strides " + text(strides) + " is out of range", e);
    }
  }

  private static long countElements(DataType type, long[] shape) {
    if (shape.length > MAX_DIMENSIONS) {
      throw new CheckpointException(
          "a tensor of " + shape.length + " dimensions, the limit is " + MAX_DIMENSIONS);
    }
    // Zeros count as ones here, so that a size beyond bounds does not hide behind an empty one.
    long elements = 1;
    boolean empty = false;
    try {
      for (long size : shape) {
        if (size < 0) {
          throw new CheckpointException(describe(type, shape) + " has a negative size");
        }
        empty |= size == 0;
        elements = Math.multiplyExact(elements, Math.max(size, 1));
      }
      Math.multiplyExact(elements, type.bytes());
    } catch (ArithmeticException e) {
      throw new CheckpointException(describe(type, shape) + " is out of range", e);
    }
    return empty ? 0 : elements;
  }

  static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(shape[d], 1);
    }
    return strides;
  }

  private static String describe(DataType type, long[] shape) {
    return type.torchName() + " tensor " + text(shape);
  }

  private static String text(long[] numbers) {
    return numbers.length <= 8 ? Arrays.toString(numbers) : "[" + numbers.length + " numbers]";
  }
}
