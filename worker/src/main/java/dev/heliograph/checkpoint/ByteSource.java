package dev.heliograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes by position; possibly more than one buffer can hold. Thread-safe. */
interface ByteSource {
  long size();

  /** A read-only little-endian view. The range must lie inside. */
  ByteBuffer slice(long offset, int length);

  /** Fills what remains of the target with the bytes from here on. The range must lie inside. */
  default void read(long offset, ByteBuffer target) {
    target.put(slice(offset, target.remaining()));
  }

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
        check(from, count);
        return whole.slice(offset + from, count);
      }

      @Override
      public void read(long from, ByteBuffer target) {
        check(from, target.remaining());
        whole.read(offset + from, target);
      }

      private void check(long from, int count) {
        if (from < 0 || from > length - count) {
          throw new IndexOutOfBoundsException(from + " + " + count + " of " + length);
        }
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
