package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrunkBatchesTest {

  @Test
  void splitsIntoTheLargestAllowedSizes() {
    TrunkBatches batches = new TrunkBatches(List.of(8, 4, 1), false);
    assertEquals(List.of(8, 8, 4, 1, 1), batches.split(22));
    assertEquals(List.of(1), batches.split(1));
    assertEquals(List.of(), batches.split(0));
  }

  @Test
  void fastestTakesEverythingUpToABound() {
    assertEquals(List.of(7), TrunkBatches.fastest().split(7));
    assertEquals(List.of(64, 64, 2), TrunkBatches.fastest().split(130));
    assertTrue(TrunkBatches.fastest().together());
  }

  @Test
  void aSingleImageIsAlwaysReproducible() {
    try (ClipModel model = GoldenModel.load()) {
      TrunkBatches batches = TrunkBatches.reproducible(model.vision(), model.weights());
      assertEquals(1, batches.sizes().get(batches.sizes().size() - 1));
      assertFalse(batches.together());
    }
  }
}
