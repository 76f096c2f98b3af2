package dev.heliograph.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again and again: a decoded image and the files made of it take some 130 MB
 * for each query, and a collector that clears, moves and frees as much takes a tenth of the time.
 * Keeps a bounded number of bytes that nobody uses; what was given longest ago goes first.
 */
public final class ArrayPool implements ByteArrays {
  /** Smaller ones are the collector's: it is good at them. */
  private static final int SMALLEST = 1 << 16;

  private static final int LARGEST = 1 << 30;

  /** Lengths are rounded up to this part of the power of two below them, so that more fit. */
  private static final int ROUNDING = 32;

  /** A matrix of pixels is only copied into an array of whole pixels. */
  private static final int CHANNELS = 3;

  private final long capacity;
  private long idleBytes;

  /** The one that was given longest ago comes first. */
  private final Deque<byte[]> idle = new ArrayDeque<>();

  /**
   * @param capacity bytes that are kept unused, at most
   */
  public ArrayPool(long capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity: " + capacity + " is below 0");
    }
    this.capacity = capacity;
  }

  @Override
  public byte[] take(int length) {
    if (length < SMALLEST || length > LARGEST) {
      return new byte[length];
    }
    byte[] found = find(length);
    return found != null ? found : new byte[rounded(length)];
  }

  /** The shortest that is long enough, unless a third of it would lie idle. */
  private synchronized byte @Nullable [] find(int length) {
    byte[] best = null;
    for (byte[] one : idle) {
      if (one.length >= length
          && one.length - length <= length / 2
          && (best == null || one.length < best.length)) {
        best = one;
      }
    }
    if (best != null) {
      idle.remove(best);
      idleBytes -= best.length;
    }
    return best;
  }

  @Override
  public synchronized void give(byte[] array) {
    if (array.length < SMALLEST || array.length > capacity || array.length % CHANNELS != 0) {
      return;
    }
    if (idle.contains(array)) {
      throw new IllegalStateException("an array of " + array.length + " bytes was given twice");
    }
    while (idleBytes > capacity - array.length) {
      idleBytes -= idle.remove().length;
    }
    idle.add(array);
    idleBytes += array.length;
  }

  /** Bytes that are kept and that nobody uses. */
  synchronized long idleBytes() {
    return idleBytes;
  }

  private static int rounded(int length) {
    int unit = CHANNELS * (Integer.highestOneBit(length) / ROUNDING);
    return (length + unit - 1) / unit * unit;
  }
}
