package dev.heliograph.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.heliograph.query.HalfFloat;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinglePrecisionProbeTest {
  private static final int DIMENSION = 4096;

  @Test
  void hasAsManyTermsAsFeaturesCanHaveAllOfThemHalves() {
    for (float[] vector : List.of(SinglePrecisionProbe.row(), SinglePrecisionProbe.query())) {
      assertEquals(DIMENSION, vector.length);
      for (float value : vector) {
        assertEquals(value, half(value));
      }
    }
  }

  @Test
  void singlePrecisionLosesNothingInWhateverOrder() {
    List<Integer> order =
        Arrays.asList(IntStream.range(0, DIMENSION).boxed().toArray(Integer[]::new));
    for (int seed = 0; seed < 20; seed++) {
      assertEquals(SinglePrecisionProbe.SUM, sum(order));
      Collections.shuffle(order, new Random(seed));
    }
  }

  /** Parts of so many terms are added up in single precision, and the parts in half precision. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 32, 256, 512, 1024, 2048})
  void halfPrecisionIsFoundOut(int together) {
    List<Integer> order = IntStream.range(0, DIMENSION).boxed().toList();
    float sum = 0;
    for (int at = 0; at < DIMENSION; at += together) {
      sum = half(sum + half(sum(order.subList(at, at + together))));
    }
    assertNotEquals(SinglePrecisionProbe.SUM, sum);
  }

  private static float sum(List<Integer> order) {
    float[] row = SinglePrecisionProbe.row();
    float[] query = SinglePrecisionProbe.query();
    float sum = 0;
    for (int i : order) {
      sum += row[i] * query[i];
    }
    return sum;
  }

  private static float half(float value) {
    return HalfFloat.value(HalfFloat.bits(value));
  }
}
