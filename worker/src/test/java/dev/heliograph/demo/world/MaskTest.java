package dev.heliograph.demo.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskTest {
  @Test
  void growsAsOpenCvDoes() {
    Mask point = mask("......", "..#...", "......", "......");

    assertEquals(mask(".###..", ".###..", ".###..", "......"), point.dilated(3));
    // An even size: the square reaches one farther to the left and above of each pixel, so that a
    // point grows to the right and below.
    assertEquals(mask("......", "..##..", "..##..", "......"), point.dilated(2));
    assertEquals(point, point.dilated(1));
  }

  @Test
  void growingEqualsLookingAroundEveryPixel() {
    Random random = new Random(7);
    boolean[] inside = new boolean[23 * 17];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = random.nextInt(40) == 0;
    }
    Mask mask = new Mask(23, 17, inside);
    for (int size : new int[] {1, 2, 5, 8, 60}) {
      Mask grown = mask.dilated(size);
      for (int y = 0; y < 17; y++) {
        for (int x = 0; x < 23; x++) {
          assertEquals(anyAround(mask, x, y, size), grown.contains(x, y));
        }
      }
    }
  }

  @Test
  void refusesAnArrayOfAnotherSize() {
    assertThrows(IllegalArgumentException.class, () -> new Mask(2, 2, new boolean[3]));
  }

  private static boolean anyAround(Mask mask, int x, int y, int size) {
    for (int v = Math.max(0, y - size / 2); v < Math.min(17, y - size / 2 + size); v++) {
      for (int u = Math.max(0, x - size / 2); u < Math.min(23, x - size / 2 + size); u++) {
        if (mask.contains(u, v)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Mask mask(String... rows) {
    boolean[] inside = new boolean[rows.length * rows[0].length()];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = rows[i / rows[0].length()].charAt(i % rows[0].length()) == '#';
    }
    return new Mask(rows[0].length(), rows.length, inside);
  }
}
