package dev.heliograph.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests of stored bytes. */
final class Sha256 {
  private Sha256() {}

  /** Lower-case hex. */
  static String hex(byte[] bytes) {
    return hex(bytes, bytes.length);
  }

  /** Lower-case hex, of the first so many bytes. */
  static String hex(byte[] bytes, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, 0, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
