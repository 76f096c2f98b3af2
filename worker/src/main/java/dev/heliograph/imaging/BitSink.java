package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bits into bytes, the first bit lowest, in an array that grows. */
final class BitSink {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final ByteArrays arrays;

  /** Fewer than 8 between calls: the lowest of {@link #bits}. */
  int count;

  long bits;
  int position;
  byte[] bytes;

  BitSink(ByteArrays arrays, int capacity) {
    this.arrays = arrays;
    bytes = arrays.take(capacity);
  }

  /**
   * Makes room for so many bytes more.
   *
   * @throws IllegalArgumentException if no array is that large
   */
  void reserve(long more) {
    long needed = position + more + Long.BYTES;
    if (needed > LARGEST) {
      throw new IllegalArgumentException("an image of over 2 GB when encoded");
    }
    if (needed > bytes.length) {
      long roomy = Math.min(bytes.length + (long) bytes.length / 2, LARGEST);
      byte[] larger = arrays.take((int) Math.max(needed, roomy));
      System.arraycopy(bytes, 0, larger, 0, position);
      arrays.give(bytes);
      bytes = larger;
    }
  }

  /**
   * Appends bits; room was reserved.
   *
   * @param value nothing above its lowest {@code length} bits
   * @param length at most 32
   */
  void put(long value, int length) {
    bits |= value << count;
    count += length;
    LONG.set(bytes, position, bits);
    position += count >>> 3;
    bits >>>= count & 0x38;
    count &= 7;
  }

  /** Appends what another one has; both are aligned. */
  void append(BitSink other) {
    reserve(other.position);
    System.arraycopy(other.bytes, 0, bytes, position, other.position);
    position += other.position;
  }

  /** Fills the byte that was begun with zeros. */
  void align() {
    put(0, (8 - count) & 7);
  }

  /** Appends a number of four bytes, the highest first; aligned, room was reserved. */
  void putInt(int value) {
    put(Integer.reverseBytes(value) & 0xFFFFFFFFL, 32);
  }
}
