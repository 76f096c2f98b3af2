package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayPoolTest {
  private static final int MIB = 1 << 20;

  private final ArrayPool pool = new ArrayPool(10 * MIB);

  @Test
  void whatWasGivenIsTakenAgain() {
    byte[] array = pool.take(MIB);
    pool.give(array);
    assertEquals(array.length, pool.idleBytes());
    assertSame(array, pool.take(MIB - 100));
    assertEquals(0, pool.idleBytes());
    assertNotSame(array, pool.take(MIB - 100));
  }

  @Test
  void theShortestThatIsLongEnoughIsTaken() {
    byte[] small = pool.take(MIB);
    byte[] middle = pool.take(MIB * 5 / 4);
    byte[] large = pool.take(MIB * 11 / 8);
    pool.give(large);
    pool.give(small);
    pool.give(middle);
    assertSame(middle, pool.take(MIB * 41 / 32));
    assertSame(large, pool.take(MIB * 41 / 32));
    assertSame(small, pool.take(MIB));
  }

  @Test
  void aShortRequestDoesNotTakeALongArray() {
    byte[] large = pool.take(4 * MIB);
    pool.give(large);
    assertNotSame(large, pool.take(3 * MIB));
    assertSame(large, pool.take(4 * MIB));
  }

  @Test
  void whatWasGivenLongestAgoMakesRoom() {
    byte[] first = pool.take(4 * MIB);
    byte[] second = pool.take(4 * MIB);
    byte[] third = pool.take(5 * MIB);
    pool.give(first);
    pool.give(second);
    pool.give(third);
    assertTrue(pool.idleBytes() <= 10 * MIB);
    assertSame(second, pool.take(4 * MIB));
    assertSame(third, pool.take(5 * MIB));
    assertEquals(0, pool.idleBytes());
  }

  @Test
  void whatIsSmallOrLargerThanThePoolIsLeftToTheCollector() {
    pool.give(pool.take(1000));
    pool.give(pool.take(20 * MIB));
    assertEquals(0, pool.idleBytes());
    assertEquals(1000, pool.take(1000).length);
  }

  @Test
  void whatIsGivenTwiceIsThereOnce() {
    byte[] array = pool.take(MIB);
    pool.give(array);
    pool.give(array);
    assertEquals(array.length, pool.idleBytes());
    assertSame(array, pool.take(MIB));
    assertNotSame(array, pool.take(MIB));
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 18, (1 << 18) + 1, 3 * 3016 * 3080, 4 * 3016 * 3080 + 128, 1 << 30})
  void anArrayIsLongEnoughAndHardlyLongerAndOfWholePixels(int length) {
    byte[] array = pool.take(length);
    assertTrue(array.length >= length);
    assertTrue(array.length - length <= length / 10, () -> array.length + " for " + length);
    assertEquals(0, array.length % 3);
  }

  @Test
  void whatNobodyUsesIsGoneBeforeTheHeapIsTooSmall() throws Exception {
    Process small =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName())
            .redirectError(Redirect.INHERIT)
            .start();
    String said = new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("22 MiB idle\n33 MiB taken\n", said);
    assertEquals(0, small.waitFor());
  }

  /** Runs in a heap that has room for the pool's arrays or for the one that it takes. */
  static final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] args) {
      ArrayPool pool = new ArrayPool(24 * MIB);
      byte[][] arrays = new byte[6][];
      Arrays.setAll(arrays, i -> pool.take(15 * MIB / 4));
      for (int i = 0; i < arrays.length; i++) {
        pool.give(arrays[i]);
        arrays[i] = new byte[0];
      }
      System.out.println(pool.idleBytes() / MIB + " MiB idle");
      System.out.println(pool.take(32 * MIB).length / MIB + " MiB taken");
    }
  }

  @Test
  void whatIsLargerThanThatIsMadeExactly() {
    assertThrows(NegativeArraySizeException.class, () -> pool.take(-1));
    assertThrows(IllegalArgumentException.class, () -> new ArrayPool(-1));
  }

  /** JUnit's own would print the arrays. */
  private static void assertSame(byte[] expected, byte[] actual) {
    assertTrue(expected == actual, () -> "another one, of " + actual.length + " bytes");
  }

  private static void assertNotSame(byte[] unexpected, byte[] actual) {
    assertTrue(unexpected != actual, "the same");
  }
}
