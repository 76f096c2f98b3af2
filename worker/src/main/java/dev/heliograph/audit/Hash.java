package dev.heliograph.audit;

import java.util.Arrays;
import java.util.HexFormat;

/** A node of a Merkle tree: 32 bytes, compared by content. Nobody writes to the array. */
public record Hash(byte[] bytes) {
  static final int BYTES = 32;

  public Hash {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(bytes.length + " bytes are not a SHA-256 hash");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
