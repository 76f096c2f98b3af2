package dev.heliograph.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages files as faults and attackers do: flipped bits, cuts, repeated and exchanged pieces,
 * pieces of other files, and extreme numbers where a length may be, in binary and in text. The same
 * seed and number give the same mutant. Thread-safe.
 */
final class Mutator {
  private static final int MAX_EDITS = 4;
  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_PIECE = 64;
  private static final int MAX_REPEATS = 3000;

  /** Where most formats keep their structure: headers before, directories behind. */
  private static final int EDGE = 256;

  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFFL,
    0x8000_0000L,
    0xFFFF_FFFFL,
    0x1_0000_0000L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 62
  };

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "65536",
          "2147483647",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "99999999999999999999999",
          "1e999",
          "1e-999999999",
          "0.1",
          "NaN",
          "null");

  private final long seed;
  private final List<byte[]> corpus;
  private final List<byte[]> tokens;

  /**
   * @param corpus sound files; at least one
   * @param tokens what may be inserted anywhere
   */
  Mutator(long seed, List<byte[]> corpus, List<String> tokens) {
    this.seed = seed;
    this.corpus = List.copyOf(corpus);
    this.tokens = tokens.stream().map(token -> token.getBytes(UTF_8)).toList();
  }

  byte[] mutant(int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    byte[] bytes = pick(corpus, random).clone();
    int edits = random.nextBoolean() ? 1 : 1 + random.nextInt(MAX_EDITS);
    for (; edits > 0; edits--) {
      bytes = edit(bytes, random);
    }
    return bytes.length <= MAX_LENGTH ? bytes : Arrays.copyOf(bytes, MAX_LENGTH);
  }

  private byte[] edit(byte[] bytes, SplittableRandom random) {
    int at = place(bytes.length, random);
    int end = Math.min(bytes.length, at + random.nextInt(MAX_PIECE));
    return switch (random.nextInt(12)) {
      case 0, 1 -> flipped(bytes, at, random);
      case 2 -> with(bytes, at, (byte) random.nextInt());
      case 3, 4 -> withExtreme(bytes, at, random);
      case 5 -> Arrays.copyOf(bytes, at);
      case 6 -> spliced(bytes, at, end, new byte[0]);
      case 7 -> spliced(bytes, at, at, repeated(Arrays.copyOfRange(bytes, at, end), random));
      case 8 -> spliced(bytes, at, end, piece(bytes, random));
      case 9 -> spliced(bytes, at, end, piece(pick(corpus, random), random));
      case 10 -> withNumber(bytes, at, random);
      default -> spliced(bytes, at, at, tokens.isEmpty() ? noise(random) : pick(tokens, random));
    };
  }

  /** Anywhere, but every other time near the beginning or the end. */
  private static int place(int length, SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(Math.min(length, EDGE) + 1);
      case 1 -> length - random.nextInt(Math.min(length, EDGE) + 1);
      default -> random.nextInt(length + 1);
    };
  }

  private static byte[] flipped(byte[] bytes, int at, SplittableRandom random) {
    return at == bytes.length
        ? bytes
        : with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    if (at < bytes.length) {
      bytes[at] = value;
    }
    return bytes;
  }

  /** One, two, four or eight bytes in either order. */
  private static byte[] withExtreme(byte[] bytes, int at, SplittableRandom random) {
    long value =
        random.nextInt(4) == 0
            ? bytes.length + random.nextInt(-2, 3)
            : EXTREMES[random.nextInt(EXTREMES.length)];
    int width = 1 << random.nextInt(4);
    boolean big = random.nextBoolean();
    for (int i = 0; i < width; i++) {
      with(bytes, at + i, (byte) (value >> 8 * (big ? width - 1 - i : i)));
    }
    return bytes;
  }

  /** Puts a number in place of the next digits, where there are any. */
  private static byte[] withNumber(byte[] bytes, int at, SplittableRandom random) {
    int from = at;
    while (from < bytes.length && !isDigit(bytes[from])) {
      from++;
    }
    int to = from;
    while (to < bytes.length && isDigit(bytes[to])) {
      to++;
    }
    return from == to
        ? flipped(bytes, at, random)
        : spliced(bytes, from, to, pick(NUMBERS, random).getBytes(UTF_8));
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private static byte[] piece(byte[] bytes, SplittableRandom random) {
    int from = random.nextInt(bytes.length + 1);
    int longest = random.nextInt(8) == 0 ? bytes.length : MAX_PIECE;
    return Arrays.copyOfRange(
        bytes, from, Math.min(bytes.length, from + random.nextInt(longest + 1)));
  }

  /** A few times, or so often that a nesting becomes deep. */
  private static byte[] repeated(byte[] piece, SplittableRandom random) {
    int times = random.nextInt(8) == 0 ? random.nextInt(MAX_REPEATS) : 1 + random.nextInt(3);
    byte[] chunk = piece.length > 0 && random.nextBoolean() ? Arrays.copyOf(piece, 1) : piece;
    byte[] result = new byte[chunk.length * times];
    for (int i = 0; i < result.length; i++) {
      result[i] = chunk[i % chunk.length];
    }
    return result;
  }

  private static byte[] noise(SplittableRandom random) {
    byte[] noise = new byte[1 + random.nextInt(12)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] result = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
    return result;
  }

  private static <T> T pick(List<T> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }
}
