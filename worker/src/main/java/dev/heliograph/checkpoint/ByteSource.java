package dev.heliograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes by position; possibly more than one buffer can hold. Thread-safe. */
interface ByteSource {
  long size();

  /** A read-only little-endian view. The range must lie inside. */
  ByteBuffer slice(long offset, int length);

  /** A part of this source. The range must lie inside. */
  default ByteSource part(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size() - length) {
      throw new IndexOutOfBoundsException(offset + " + " + length + " of " + size());
    }
    ByteSource whole = this;
    return new ByteSource() {
      @Override
      public long size() {
        return length;
      }

      @Override
      public ByteBuffer slice(long from, int count) {
        if (from < 0 || from > length - count) {
          throw new IndexOutOfBoundsException(from + " + " + count + " of " + length);
        }
        return whole.slice(offset + from, count);
      }
    };
  }

  static ByteSource of(ByteBuffer bytes) {
    ByteBuffer all = bytes.slice();
    return new ByteSource() {
      @Override
      public long size() {
        return all.limit();
      }

      @Override
      public ByteBuffer slice(long offset, int length) {
        return all.slice(Math.toIntExact(offset), length)
            .asReadOnlyBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
      }
    };
  }
}
