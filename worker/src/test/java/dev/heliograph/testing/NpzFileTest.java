package dev.heliograph.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NpzFileTest {
  @Test
  void readsEveryGoldenArchive() {
    for (String name :
        List.of("features", "maps", "nano", "overlay", "pixels", "queries", "tensors", "trace")) {
      NpzFile file = Golden.arrays(name + ".npz");
      assertTrue(!file.names().isEmpty(), name);
    }
  }

  @Test
  void readsFloatsIntegersAndBytes() {
    NpyArray features = Golden.arrays("features.npz").get("image_features");
    assertArrayEquals(new int[] {40, 48}, features.shape());
    assertEquals(40 * 48, features.floats().length);
    assertEquals(519, Arrays.stream(Golden.arrays("nano.npz").get("ids").longs()).max().orElse(-1));
    assertArrayEquals(new byte[] {0, 0, (byte) 128}, Arrays.copyOf(jet(), 3));
  }

  @Test
  void refusesAnUnknownName() {
    assertThrows(
        IllegalArgumentException.class, () -> Golden.arrays("overlay.npz").get("no-such-array"));
  }

  private static byte[] jet() {
    return Golden.arrays("overlay.npz").get("jet").bytes();
  }
}
