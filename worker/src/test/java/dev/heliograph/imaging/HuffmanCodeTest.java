package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HuffmanCodeTest {

  @Test
  void frequentSymbolsHaveShortCodes() {
    HuffmanCode code = HuffmanCode.of(new int[] {10, 0, 1, 5, 2}, 14);
    assertArrayEquals(new int[] {1, 0, 3, 2, 3}, code.lengths());
    // 0, 10, 110 and 111, written with the first bit lowest.
    assertArrayEquals(new int[] {0b0, 0, 0b011, 0b01, 0b111}, code.codes());
  }

  @Test
  void othersMakeRoomForCodesOverTheLimit() {
    HuffmanCode code = HuffmanCode.of(new int[] {1, 1, 2, 3, 5, 8}, 3);
    assertArrayEquals(new int[] {3, 3, 3, 3, 2, 2}, code.lengths());
  }

  /** Frequencies like Fibonacci's numbers make a code as long as there are symbols. */
  @Test
  void noCodeIsOverTheLimitAndNoBitIsWasted() {
    int[] frequencies = new int[40];
    frequencies[0] = 1;
    frequencies[1] = 1;
    for (int i = 2; i < frequencies.length; i++) {
      frequencies[i] = frequencies[i - 1] + frequencies[i - 2];
    }
    for (int limit : new int[] {6, 7, 14}) {
      HuffmanCode code = HuffmanCode.of(frequencies, limit);
      double used = 0;
      for (int length : code.lengths()) {
        assertTrue(length >= 1 && length <= limit);
        used += Math.scalb(1.0, -length);
      }
      assertEquals(1.0, used);
    }
  }
}
