package dev.heliograph.pipeline;

import java.util.Arrays;

/**
 * Bytes ready to be stored. The array is lent: nobody writes to it until it is stored, and then it
 * may be used again.
 *
 * @param array begins with them, and may be longer
 * @param length how many of them there are
 */
public record EncodedObject(byte[] array, int length, String mediaType) {
  public EncodedObject {
    if (length < 0 || length > array.length) {
      throw new IllegalArgumentException("length: " + length + " of an array of " + array.length);
    }
  }

  /** The whole array. */
  public EncodedObject(byte[] bytes, String mediaType) {
    this(bytes, bytes.length, mediaType);
  }

  /** A copy, for who keeps them. */
  public byte[] bytes() {
    return Arrays.copyOf(array, length);
  }

  @Override
  public String toString() {
    return "EncodedObject[" + length + " bytes, " + mediaType + "]";
  }
}
