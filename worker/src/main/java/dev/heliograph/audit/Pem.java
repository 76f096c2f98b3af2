package dev.heliograph.audit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** PEM (RFC 7468), one block per text; text around the block is allowed. */
final class Pem {
  static final String PRIVATE = "PRIVATE KEY";
  static final String PUBLIC = "PUBLIC KEY";

  private Pem() {}

  static String encode(String label, byte[] der) {
    byte[] newline = {'\n'};
    String body =
        new String(Base64.getMimeEncoder(64, newline).encode(der), StandardCharsets.US_ASCII);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /**
   * @param name of the key for messages, which never quote the text: it may be a secret
   */
  static byte[] decode(String name, String label, String text) {
    String begin = "-----BEGIN " + label + "-----";
    int start = text.indexOf(begin);
    int end = text.indexOf("-----END " + label + "-----");
    if (start < 0 || end < start + begin.length()) {
      throw new AuditFormatException(name + ": has no PEM block \"" + label + "\"");
    }
    if (text.indexOf(begin, start + 1) >= 0) {
      throw new AuditFormatException(name + ": has more than one PEM block \"" + label + "\"");
    }
    String body = text.substring(start + begin.length(), end).replaceAll("\\s", "");
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      // Not the cause: its message quotes a character of the key.
      throw new AuditFormatException(name + ": its PEM block is not base64");
    }
  }
}
