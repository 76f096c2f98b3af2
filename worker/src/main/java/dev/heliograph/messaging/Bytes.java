package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;

/** Bytes of unknown content, made readable. */
final class Bytes {
  private static final HexFormat HEX = HexFormat.of();

  private Bytes() {}

  static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  /** The text, if it is UTF-8; its hex digits otherwise. */
  static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return hex(bytes);
    }
  }
}
