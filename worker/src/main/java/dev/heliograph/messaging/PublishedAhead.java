package dev.heliograph.messaging;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * What is published beyond a partition's committed offset: all records below {@code end}, except
 * those at the {@code open} offsets. Travels as the metadata of the committed offset, so that
 * whoever gets the partition next skips what is published. It lists what is open, of which there is
 * little, and not what is published, of which there may be much behind one slow query.
 *
 * @param offset the committed offset; metadata that was made for another one is not believed
 * @param open offsets from {@code offset} on, increasing, below {@code end}
 */
record PublishedAhead(long offset, long end, List<Long> open) {
  /** Bytes before base64: brokers take 4096 characters unless told otherwise. */
  static final int MAX_BYTES = 1024;

  /** Names the format, so that foreign metadata is known as such. */
  private static final String PREFIX = "heliograph1:";

  PublishedAhead {
    open = List.copyOf(open);
  }

  /** Nothing is published beyond this offset. */
  static PublishedAhead nothing(long offset) {
    return new PublishedAhead(offset, offset, List.of());
  }

  boolean contains(long recordOffset) {
    return recordOffset < offset || recordOffset < end && !open.contains(recordOffset);
  }

  /** Empty if nothing is published beyond the offset. */
  String encoded() {
    if (end <= offset) {
      return "";
    }
    ByteBuffer bytes = ByteBuffer.allocate((open.size() + 2) * 10);
    putVarint(bytes, offset);
    putVarint(bytes, end - offset);
    long last = offset;
    for (long each : open) {
      putVarint(bytes, each - last);
      last = each;
    }
    byte[] written = new byte[bytes.flip().remaining()];
    bytes.get(written);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(written);
  }

  /**
   * Reads a committed offset. Metadata that is not ours, or not for this offset (another tool has
   * moved it), says nothing.
   */
  static PublishedAhead of(OffsetAndMetadata committed) {
    PublishedAhead nothing = nothing(committed.offset());
    if (!committed.metadata().startsWith(PREFIX)) {
      return nothing;
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(committed.metadata().substring(PREFIX.length()));
      PublishedAhead read = read(ByteBuffer.wrap(bytes));
      return read.offset == committed.offset() && read.isInOrder() ? read : nothing;
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return nothing;
    }
  }

  private static PublishedAhead read(ByteBuffer bytes) {
    long offset = varint(bytes);
    long end = offset + varint(bytes);
    List<Long> open = new ArrayList<>();
    long last = offset;
    while (bytes.hasRemaining()) {
      last += varint(bytes);
      open.add(last);
    }
    return new PublishedAhead(offset, end, open);
  }

  /** As it is written: the committed offset itself is open, or it would be a later one. */
  private boolean isInOrder() {
    if (open.isEmpty() || open.get(0) != offset) {
      return false;
    }
    long last = offset - 1;
    for (long each : open) {
      if (each <= last || each >= end) {
        return false;
      }
      last = each;
    }
    return end > offset;
  }

  /** Seven bits a byte, the lowest first. */
  private static void putVarint(ByteBuffer bytes, long value) {
    long left = value;
    while (left >= 0x80) {
      bytes.put((byte) (left | 0x80));
      left >>>= 7;
    }
    bytes.put((byte) left);
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than 63 bits");
  }

  /** Of a number as it is written. */
  static int varintBytes(long value) {
    return Math.max(1, (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1);
  }
}
