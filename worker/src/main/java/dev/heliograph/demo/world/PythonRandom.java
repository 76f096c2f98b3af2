package dev.heliograph.demo.world;

import java.util.ArrayList;
import java.util.List;

/**
 * CPython's {@code random.Random} (3.11), draw for draw, so that a seed names the same scenes here
 * and in {@code demo-world/world.py}: MT19937 (Matsumoto and Nishimura, 1998) with the reference
 * code's array seeding, 53-bit floats, and integers below a bound by rejection. Not thread-safe.
 */
public final class PythonRandom {
  private static final int WORDS = 624;
  private static final int SHIFT = 397;

  /** Up to here, CPython samples from a shrinking list; beyond it, by another algorithm. */
  private static final int LARGEST_POOL = 21;

  private final int[] state = new int[WORDS];
  private int next = WORDS;

  /**
   * @param seed not negative
   */
  public PythonRandom(long seed) {
    if (seed < 0) {
      throw new IllegalArgumentException("seed: " + seed + " is negative");
    }
    int low = (int) seed;
    int high = (int) (seed >>> 32);
    seedByArray(high == 0 ? new int[] {low} : new int[] {low, high});
  }

  /** In [0, 1), 53 bits. */
  public double random() {
    int a = nextWord() >>> 5;
    int b = nextWord() >>> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  }

  public double uniform(double low, double high) {
    return low + (high - low) * random();
  }

  /**
   * In [0, bound).
   *
   * @param bound 1 to 2³⁰
   */
  public int below(int bound) {
    if (bound < 1 || bound > 1 << 30) {
      throw new IllegalArgumentException("bound: " + bound + " is not in 1..2^30");
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int drawn = nextWord() >>> (Integer.SIZE - bits);
    while (drawn >= bound) {
      drawn = nextWord() >>> (Integer.SIZE - bits);
    }
    return drawn;
  }

  public <T> T choice(List<T> values) {
    return values.get(below(values.size()));
  }

  /** Different values in random order, at most 5 out of at most 21. */
  public <T> List<T> sample(List<T> values, int count) {
    if (count > 5 || values.size() > LARGEST_POOL) {
      throw new IllegalArgumentException(count + " out of " + values.size() + ": too many");
    }
    List<T> pool = new ArrayList<>(values);
    List<T> sample = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int last = pool.size() - 1 - i;
      int drawn = below(last + 1);
      sample.add(pool.get(drawn));
      pool.set(drawn, pool.get(last));
    }
    return sample;
  }

  /** Shuffles in place. */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int held = values[i];
      values[i] = values[j];
      values[j] = held;
    }
  }

  private void seedByArray(int[] key) {
    state[0] = 19650218;
    for (int i = 1; i < WORDS; i++) {
      state[i] = 1812433253 * mixed(i - 1) + i;
    }
    int i = 1;
    for (int k = 0; k < WORDS; k++) { // a key is never longer than the state
      int j = k % key.length;
      state[i] = (state[i] ^ mixed(i - 1) * 1664525) + key[j] + j;
      i = following(i);
    }
    for (int k = 0; k < WORDS - 1; k++) {
      state[i] = (state[i] ^ mixed(i - 1) * 1566083941) - i;
      i = following(i);
    }
    state[0] = 0x80000000;
  }

  private int mixed(int i) {
    return state[i] ^ state[i] >>> 30;
  }

  private int following(int i) {
    if (i + 1 < WORDS) {
      return i + 1;
    }
    state[0] = state[WORDS - 1];
    return 1;
  }

  private int nextWord() {
    if (next == WORDS) {
      refill();
    }
    int word = state[next++];
    word ^= word >>> 11;
    word ^= word << 7 & 0x9d2c5680;
    word ^= word << 15 & 0xefc60000;
    return word ^ word >>> 18;
  }

  private void refill() {
    for (int i = 0; i < WORDS; i++) {
      int joined = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      int twisted = joined >>> 1 ^ ((joined & 1) == 0 ? 0 : 0x9908b0df);
      state[i] = state[(i + SHIFT) % WORDS] ^ twisted;
    }
    next = 0;
  }
}
