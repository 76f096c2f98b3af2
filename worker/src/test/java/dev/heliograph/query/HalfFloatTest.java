package dev.heliograph.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.testing.NpyArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class HalfFloatTest {
  @Test
  void everyHalfKeepsItsBits() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = value((short) bits);
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, HalfFloat.bits(value), "bits " + Integer.toHexString(bits));
      }
    }
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7BFF; bits++) {
      float lower = value((short) bits);
      float upper = value((short) (bits + 1));
      float middle = (lower + upper) / 2; // exact in float
      short even = (short) (bits % 2 == 0 ? bits : bits + 1);
      assertEquals(even, HalfFloat.bits(middle));
      assertEquals((short) bits, HalfFloat.bits(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), HalfFloat.bits(Math.nextUp(middle)));
    }
  }

  @Test
  void keepsWhatIsNoFiniteNumber() {
    assertEquals((short) 0x7C00, HalfFloat.bits(Float.POSITIVE_INFINITY));
    assertEquals((short) 0xFC00, HalfFloat.bits(-65520f));
    assertEquals((short) 0x7BFF, HalfFloat.bits(Math.nextDown(65520f)));
    assertEquals((short) 0x7E00, HalfFloat.bits(Float.NaN));
  }

  private static float value(short bits) {
    ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, bits);
    return new NpyArray("<f2", new int[] {1}, data).floats()[0];
  }
}
