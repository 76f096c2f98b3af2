package dev.heliograph.pipeline;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again and again: a decoded image and the files made of it take some 130 MB
 * for each query, and a collector that clears, moves and frees as much takes a seventh of the time.
 * Keeps a bounded number of bytes that nobody uses; what was given longest ago goes first, and all
 * of it before the heap is too small.
 */
public final class ArrayPool implements ByteArrays {
  /** Smaller ones are the collector's: it is good at them. */
  private static final int SMALLEST = 1 << 18;

  private static final int LARGEST = 1 << 30;

  /** Lengths are rounded up to this part of the power of two below them, so that more fit. */
  private static final int ROUNDING = 32;

  /** An array is longer than was asked for by this part of it at most. */
  private static final int SLACK = 8;

  /** A matrix of pixels is only copied into an array of whole pixels. */
  private static final int CHANNELS = 3;

  private final long capacity;
  private long idleBytes;

  /** The one that was given longest ago comes first. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  /**
   * @param capacity bytes that are kept unused, at most
   */
  public ArrayPool(long capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity: " + capacity + " is below 0");
    }
    this.capacity = capacity;
  }

  /** An array that nobody uses; gone if the heap would be too small otherwise. */
  private static final class Idle extends SoftReference<byte[]> {
    private final int length;

    private Idle(byte[] array) {
      super(array);
      this.length = array.length;
    }

    private boolean fits(int wanted) {
      return length >= wanted && length - wanted <= wanted / SLACK;
    }
  }

  @Override
  public byte[] take(int length) {
    if (length < SMALLEST || length > LARGEST) {
      return new byte[length];
    }
    byte[] found = find(length);
    return found != null ? found : new byte[rounded(length)];
  }

  /** The shortest that is long enough, unless it is much longer. */
  private synchronized byte @Nullable [] find(int length) {
    Optional<Idle> best;
    do {
      best =
          idle.stream().filter(one -> one.fits(length)).min(Comparator.comparingInt(i -> i.length));
      byte[] array = best.map(this::remove).orElse(null);
      if (array != null) {
        return array;
      }
    } while (best.isPresent());
    return null;
  }

  private byte @Nullable [] remove(Idle one) {
    idle.remove(one);
    idleBytes -= one.length;
    return one.get();
  }

  @Override
  public synchronized void give(byte[] array) {
    if (array.length < SMALLEST || array.length > capacity || array.length % CHANNELS != 0) {
      return;
    }
    idle.removeIf(this::isGone);
    if (idle.stream().anyMatch(one -> one.refersTo(array))) {
      return;
    }
    while (idleBytes > capacity - array.length) {
      idleBytes -= idle.remove().length;
    }
    idle.add(new Idle(array));
    idleBytes += array.length;
  }

  private boolean isGone(Idle one) {
    if (one.refersTo(null)) {
      idleBytes -= one.length;
      return true;
    }
    return false;
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
