package dev.heliograph.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** The digest of stored bytes. */
final class Sha256 {
  private final byte[] digest;

  private Sha256(byte[] digest) {
    this.digest = digest;
  }

  /** Of the array's first bytes. */
  static Sha256 of(byte[] bytes, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes, 0, length);
      return new Sha256(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Lower-case. */
  String hex() {
    return HexFormat.of().formatHex(digest);
  }

  String base64() {
    return Base64.getEncoder().encodeToString(digest);
  }
}
