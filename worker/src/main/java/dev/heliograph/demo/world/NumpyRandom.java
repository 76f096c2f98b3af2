package dev.heliograph.demo.world;

/**
 * NumPy's {@code default_rng}, draw for draw: {@code SeedSequence}, PCG64 (O'Neill, 2014: a 128-bit
 * linear congruential generator, output XSL-RR), bounded integers by Lemire's method (2019) and
 * normals by a ziggurat of 256 layers (Marsaglia and Tsang, 2000), whose tables are computed here.
 * All arithmetic is StrictMath's, so every machine draws the same picture. Not thread-safe.
 */
final class NumpyRandom {
  private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
  private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;

  private long stateHigh;
  private long stateLow;
  private final long incrementHigh;
  private final long incrementLow;
  private boolean holdsHalf;
  private int half;

  /**
   * @param seed 0 to 2³² - 1
   */
  NumpyRandom(long seed) {
    if (seed < 0 || seed >>> 32 != 0) {
      throw new IllegalArgumentException("seed: " + seed + " is not in 0..2^32-1");
    }
    long[] words = new SeedSequence((int) seed).words();
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    step();
    addToState(words[0], words[1]);
    step();
  }

  double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** In [low, high). */
  int integer(int low, int high) {
    long bound = (long) high - low;
    long product = nextHalf() * bound;
    long threshold = (1L << 32) % bound;
    while ((product & 0xffffffffL) < threshold) {
      product = nextHalf() * bound;
    }
    return low + (int) (product >>> 32);
  }

  double normal() {
    while (true) {
      long bits = nextLong();
      int layer = (int) bits & 0xff;
      long distance = bits >>> 9 & 0x000fffffffffffffL;
      double x = distance * Ziggurat.WIDTH[layer];
      if ((bits & 0x100) != 0) {
        x = -x;
      }
      if (distance < Ziggurat.INSIDE[layer]) {
        return x;
      }
      if (layer == 0) {
        return tail((bits & 1L << 17) != 0);
      }
      double height = Ziggurat.HEIGHT[layer - 1] - Ziggurat.HEIGHT[layer];
      if (height * nextDouble() + Ziggurat.HEIGHT[layer] < Ziggurat.density(x)) {
        return x;
      }
    }
  }

  private double tail(boolean negative) {
    while (true) {
      double x = -StrictMath.log1p(-nextDouble()) / Ziggurat.START_OF_TAIL;
      double y = -StrictMath.log1p(-nextDouble());
      if (y + y > x * x) {
        return negative ? -(Ziggurat.START_OF_TAIL + x) : Ziggurat.START_OF_TAIL + x;
      }
    }
  }

  private double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** 32 bits as a non-negative long; two of them share one draw, the low half first. */
  private long nextHalf() {
    if (holdsHalf) {
      holdsHalf = false;
      return half & 0xffffffffL;
    }
    long drawn = nextLong();
    holdsHalf = true;
    half = (int) (drawn >>> 32);
    return drawn & 0xffffffffL;
  }

  private long nextLong() {
    step();
    return Long.rotateRight(stateHigh ^ stateLow, (int) (stateHigh >>> 58));
  }

  private void step() {
    long high =
        unsignedMultiplyHigh(stateLow, MULTIPLIER_LOW)
            + stateHigh * MULTIPLIER_LOW
            + stateLow * MULTIPLIER_HIGH;
    stateLow *= MULTIPLIER_LOW;
    stateHigh = high;
    addToState(incrementHigh, incrementLow);
  }

  private void addToState(long high, long low) {
    stateLow += low;
    stateHigh += high + (Long.compareUnsigned(stateLow, low) < 0 ? 1 : 0);
  }

  private static long unsignedMultiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
  }

  /** Spreads a small seed over 256 bits (NumPy's NEP 19; hash after O'Neill's seed_seq). */
  private static final class SeedSequence {
    private static final int POOL = 4;
    private final int[] pool = new int[POOL];
    private int hashConstant = 0x43b0d7e5;

    SeedSequence(int seed) {
      for (int i = 0; i < POOL; i++) {
        pool[i] = hash(i == 0 ? seed : 0);
      }
      for (int source = 0; source < POOL; source++) {
        for (int target = 0; target < POOL; target++) {
          if (source != target) {
            pool[target] = mix(pool[target], hash(pool[source]));
          }
        }
      }
    }

    private int hash(int value) {
      int hashed = value ^ hashConstant;
      hashConstant *= 0x931e8875;
      hashed *= hashConstant;
      return hashed ^ hashed >>> 16;
    }

    private static int mix(int x, int y) {
      int mixed = 0xca01f9dd * x - 0x4973f715 * y;
      return mixed ^ mixed >>> 16;
    }

    /** Four words of 64 bits: the generator's state and its stream, high word first each. */
    long[] words() {
      long[] words = new long[4];
      int constant = 0x8b51f9dd;
      for (int i = 0; i < 8; i++) {
        int value = pool[i % POOL] ^ constant;
        constant *= 0x58f38ded;
        value *= constant;
        value ^= value >>> 16;
        words[i / 2] |= (value & 0xffffffffL) << (32 * (i % 2));
      }
      return words;
    }
  }

  /** 256 layers of equal area under exp(-x² / 2); layer 0 is the base strip with the tail. */
  private static final class Ziggurat {
    static final double START_OF_TAIL = 3.654152885361009;

    /** Of each layer: START_OF_TAIL · density(START_OF_TAIL) + the area of the tail. */
    private static final double AREA = 0.004928673233974655;

    private static final double RESOLUTION = 0x1p52;

    /** Right edge of a layer, per unit of a 52-bit draw. */
    static final double[] WIDTH = new double[256];

    /** Draws below this are certainly under the curve. */
    static final long[] INSIDE = new long[256];

    /** Density at a layer's right edge. */
    static final double[] HEIGHT = new double[256];

    static {
      double base = AREA / density(START_OF_TAIL);
      WIDTH[0] = base / RESOLUTION;
      INSIDE[0] = (long) (START_OF_TAIL / base * RESOLUTION);
      HEIGHT[0] = 1;
      double edge = START_OF_TAIL;
      for (int layer = 255; layer > 0; layer--) {
        WIDTH[layer] = edge / RESOLUTION;
        HEIGHT[layer] = density(edge);
        double inner =
            layer == 1 ? 0 : StrictMath.sqrt(-2 * StrictMath.log(AREA / edge + density(edge)));
        INSIDE[layer] = (long) (inner / edge * RESOLUTION);
        edge = inner;
      }
    }

    static double density(double x) {
      return StrictMath.exp(-0.5 * x * x);
    }
  }
}
