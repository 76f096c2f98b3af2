package dev.heliograph.pipeline;

/**
 * Where large arrays come from, and where they may go when nobody reads them any more. Thread-safe.
 */
public interface ByteArrays {
  /** New arrays, of just the length that is asked for, and left to the collector. */
  ByteArrays NEW =
      new ByteArrays() {
        @Override
        public byte[] take(int length) {
          return new byte[length];
        }

        @Override
        public void give(byte[] array) {}
      };

  /**
   * An array for the caller alone. It may be longer, and what is in it is not defined: whoever
   * takes it writes all that is read.
   *
   * @param length at the least; of pixels, a multiple of 3, and the array's is one too
   */
  byte[] take(int length);

  /**
   * Offers an array, wherever it came from, to those who take one later. Nobody reads or writes it
   * any more. Arrays need not be given: the collector has those that are not. One that is there
   * already stays there once.
   */
  void give(byte[] array);
}
