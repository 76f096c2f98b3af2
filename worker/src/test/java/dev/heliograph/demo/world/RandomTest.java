package dev.heliograph.demo.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class RandomTest {
  private final JsonNode fixture = WorldFixture.read();

  @Test
  void drawsWhatNumpyDraws() {
    for (JsonNode expected : fixture.get("numpy")) {
      NumpyRandom random = new NumpyRandom(expected.get("seed").longValue());
      for (double value : WorldFixture.doubles(expected.get("uniform"))) {
        assertEquals(value, random.uniform(-3, 5));
      }
      for (JsonNode value : expected.get("integers")) {
        assertEquals(value.intValue(), random.integer(2, 5));
      }
      for (double value : WorldFixture.doubles(expected.get("normal"))) {
        assertEquals(value, random.normal(), 1e-14);
      }
      double sum = 0;
      for (int i = 0; i < 100_000; i++) {
        sum += random.normal();
      }
      assertEquals(expected.get("normal_sum_of_100000").doubleValue(), sum, 1e-8);
      assertEquals(expected.get("after").doubleValue(), random.uniform(0, 1));
    }
  }

  @Test
  void seedsAbove32BitsAreThoseOfPython() {
    PythonRandom random = new PythonRandom((1L << 40) + 3);
    for (double value : WorldFixture.doubles(fixture.get("seed above 32 bits"))) {
      assertEquals(value, random.random());
    }
  }

  @Test
  void refusesWhatItWouldDrawOtherwiseThanPython() {
    PythonRandom random = new PythonRandom(1);
    assertThrows(IllegalArgumentException.class, () -> new PythonRandom(-1));
    assertThrows(IllegalArgumentException.class, () -> random.below(0));
    assertThrows(IllegalArgumentException.class, () -> new NumpyRandom(1L << 32));
  }
}
