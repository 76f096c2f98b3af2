package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {
  /** RFC 8785, appendix B. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void writesDoublesAsTheRfcDoes(String bits, String expected) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertEquals(expected, CanonicalNumber.of(value));
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "0.31415927, 0.31415927",
    "1e10, 10000000000",
    "1.5e-7, 1.5e-7",
    "1.4e-45, 1e-45",
    "3.4028235e38, 3.4028235e+38",
    "16777216, 16777216",
    "2.0E-3, 0.002",
    // JDK-4511638: JDK 17 writes 2.2737368E-13 with a digit too many
    "2.2737368E-13, 2.2737368e-13"
  })
  void writesFloatsWithTheFewestDigitsOfAFloat(float value, String expected) {
    assertEquals(expected, CanonicalNumber.of(value));
  }

  @Test
  void numbersReadBackAsThemselvesWithNoShorterSpelling() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        String text = CanonicalNumber.of(value);
        assertEquals(value == 0 ? 0f : value, Float.parseFloat(text));
        assertEquals(CanonicalNumber.of(Double.parseDouble(text)), text, "again as a double");
      }
      double wide = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(wide)) {
        assertEquals(wide, Double.parseDouble(CanonicalNumber.of(wide)));
      }
    }
  }

  @Test
  void powersOfTwoTakeTheShortestSpellingOnEitherSide() {
    for (int exponent = -140; exponent < 127; exponent++) {
      float value = Math.scalb(1f, exponent);
      assertEquals(value, Float.parseFloat(CanonicalNumber.of(value)));
    }
    // At a power of two the nearest number of 16 digits, not of 17, decides (JDK-4511638).
    assertEquals("5.684341886080802e-14", CanonicalNumber.of(Math.scalb(1.0, -44)));
    assertEquals("9.8607613e-32", CanonicalNumber.of(Math.scalb(1f, -103)));
  }

  @Test
  void numbersThatJsonCannotHoldAreStrings() {
    assertEquals("\"NaN\"", CanonicalNumber.of(Float.NaN));
    assertEquals("\"-Infinity\"", CanonicalNumber.of(Double.NEGATIVE_INFINITY));
    assertEquals("\"9007199254740993\"", CanonicalNumber.of(9_007_199_254_740_993L));
    assertEquals("9007199254740992", CanonicalNumber.of(9_007_199_254_740_992L));
  }

  /** RFC 8785, section 3.2.3: keys sort by UTF-16 code units. */
  @Test
  void sortsKeysAndEscapesStringsAsTheRfcDoes() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("\u20ac", "Euro Sign");
    map.put("\r", "Carriage Return");
    map.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
    map.put("1", "One");
    map.put("\ud83d\ude00", "Emoji: Grinning Face");
    map.put("\u0080", "Control");
    map.put("\u00f6", "Latin Small Letter O With Diaeresis");

    String json = new String(CanonicalJson.write(map), StandardCharsets.UTF_8);

    assertEquals(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
            + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
        json);
  }

  @Test
  void escapesControlCharactersAndReplacesUnpairedSurrogates() {
    byte[] json = CanonicalJson.write(List.of("\u20ac$\u000f\nA'B\"\\\"/", "a\ud83db"));

    assertEquals(
        "[\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\"/\",\"a\ufffdb\"]",
        new String(json, StandardCharsets.UTF_8));
  }
}
