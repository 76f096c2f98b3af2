package dev.heliograph.testing;

import dev.heliograph.pipeline.ByteArrays;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Arrays that are longer than asked for, full of rubbish when they are taken, and so again when
 * they are given: whoever uses one before it is written, behind its end or after it was given, uses
 * that. Never the same twice.
 */
public final class SpoiltArrays implements ByteArrays {
  private static final byte RUBBISH = 0x5A;
  private static final int LONGER = 30;

  private final Set<byte[]> out =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final Set<byte[]> given =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final AtomicInteger taken = new AtomicInteger();

  @Override
  public byte[] take(int length) {
    byte[] array = new byte[length + LONGER];
    Arrays.fill(array, RUBBISH);
    out.add(array);
    taken.incrementAndGet();
    return array;
  }

  /** Arrays from elsewhere are ignored; those from here are given once. */
  @Override
  public void give(byte[] array) {
    if (out.remove(array)) {
      given.add(array);
      Arrays.fill(array, RUBBISH);
    } else if (given.contains(array)) {
      throw new IllegalStateException("an array was given twice");
    }
  }

  /** How many were taken. */
  public int taken() {
    return taken.get();
  }

  /** Of those that were taken, how many were not given. */
  public int out() {
    return out.size();
  }
}
