package dev.heliograph.events.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How an event's bytes name the schema that they were written with. */
public enum Framing {
  /** Avro single-object encoding: {@code C3 01}, then the schema's CRC-64-AVRO, little-endian. */
  SINGLE_OBJECT(0xC3, 10),
  /** Confluent wire format: {@code 00}, then the schema's id in a registry, 4 bytes big-endian. */
  CONFLUENT(0x00, 5);

  static final byte SINGLE_OBJECT_VERSION = 1;

  private final int firstByte;
  private final int headerLength;

  Framing(int firstByte, int headerLength) {
    this.firstByte = firstByte;
    this.headerLength = headerLength;
  }

  int headerLength() {
    return headerLength;
  }

  /** Tells the framings apart by the first byte. */
  static Framing of(byte[] bytes) throws MalformedEventException {
    if (bytes.length == 0) {
      throw new MalformedEventException("the value is empty");
    }
    for (Framing framing : values()) {
      if (bytes[0] == (byte) framing.firstByte) {
        if (bytes.length < framing.headerLength) {
          throw new MalformedEventException(
              String.format(
                  "%d bytes are too few for the %d of a %s header",
                  bytes.length, framing.headerLength, framing));
        }
        return framing;
      }
    }
    throw new MalformedEventException(
        String.format(
            "first byte %02X is neither C3 (single object) nor 00 (Confluent)", bytes[0]));
  }

  static byte[] singleObjectHeader(long fingerprint) {
    return ByteBuffer.allocate(SINGLE_OBJECT.headerLength)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) SINGLE_OBJECT.firstByte)
        .put(SINGLE_OBJECT_VERSION)
        .putLong(fingerprint)
        .array();
  }

  static long fingerprint(byte[] bytes) throws MalformedEventException {
    if (bytes[1] != SINGLE_OBJECT_VERSION) {
      throw new MalformedEventException(
          String.format("single-object encoding of version %02X, only 01 is known", bytes[1]));
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
  }

  static byte[] confluentHeader(int id) {
    return ByteBuffer.allocate(CONFLUENT.headerLength)
        .put((byte) CONFLUENT.firstByte)
        .putInt(id)
        .array();
  }

  static int schemaId(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt(1);
  }
}
