package dev.heliograph.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetRangesTest {
  @Test
  void rangesThatTouchBecomeOne() {
    OffsetRanges ranges = new OffsetRanges();
    assertEquals("", ranges.text());
    ranges.add(5, 7);
    ranges.add(10, 10);
    assertEquals("5+2,2", ranges.text());
    assertEquals(0, ranges.firstAbsent());
    ranges.add(8, 9);
    assertEquals("5+5", ranges.text());
    ranges.add(0, 4);
    assertEquals(11, ranges.firstAbsent());
  }

  @Test
  void holdsWhatWasAddedInWhateverOrderAndSurvivesItsText() {
    Random random = new Random(20261128);
    for (int round = 0; round < 200; round++) {
      BitSet expected = new BitSet();
      OffsetRanges ranges = new OffsetRanges();
      for (int i = 0; i < 20; i++) {
        int first = random.nextInt(200);
        int last = first + random.nextInt(8);
        ranges.add(first, last);
        expected.set(first, last + 1);
      }
      OffsetRanges read = OffsetRanges.parse(ranges.text());
      assertEquals(ranges.text(), read.text());
      assertEquals(expected.nextClearBit(0), read.firstAbsent());
      for (int offset = 0; offset < 220; offset++) {
        assertEquals(expected.get(offset), read.contains(offset), "offset " + offset);
      }
    }
  }

  @Test
  void refusesWhatIsNoRanges() {
    assertThrows(IllegalArgumentException.class, () -> OffsetRanges.parse("hello world"));
    assertThrows(IllegalArgumentException.class, () -> OffsetRanges.parse("-3"));
  }
}
