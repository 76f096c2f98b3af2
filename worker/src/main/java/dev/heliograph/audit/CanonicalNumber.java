package dev.heliograph.audit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Predicate;

/**
 * Numbers as RFC 8785 (JSON Canonicalization Scheme) and ECMAScript write them: the fewest digits
 * that read back as the same number. {@link Double#toString} does so only from JDK 19 on
 * (JDK-4511638), and a record's bytes must not depend on the JDK.
 *
 * <p>A float gets the fewest digits that read back as the same <em>float</em>: 0.1f is {@code 0.1}.
 * Those are at most nine, so that a reader who takes them for a double and writes them again gets
 * the same text.
 */
final class CanonicalNumber {
  /** Integers beyond 2^53 are not exact in a reader's double: they are written as strings. */
  private static final long MAX_EXACT = 1L << 53;

  private CanonicalNumber() {}

  /** JSON has no word for a number that is not finite; such a number is written as a string. */
  static String of(float value) {
    String text = Float.toString(value);
    if (!Float.isFinite(value)) {
      return '"' + text + '"';
    }
    return value == 0
        ? "0"
        : shortest(new BigDecimal(value), digits(text), d -> d.floatValue() == value);
  }

  static String of(double value) {
    String text = Double.toString(value);
    if (!Double.isFinite(value)) {
      return '"' + text + '"';
    }
    return value == 0
        ? "0"
        : shortest(new BigDecimal(value), digits(text), d -> d.doubleValue() == value);
  }

  /** Of the JDK's spelling, which reads back right but may have a digit too many. */
  private static int digits(String text) {
    return new BigDecimal(text).stripTrailingZeros().precision();
  }

  static String of(long value) {
    return Math.abs(value) <= MAX_EXACT && value != Long.MIN_VALUE
        ? Long.toString(value)
        : '"' + Long.toString(value) + '"';
  }

  private static String shortest(BigDecimal exact, int digits, Predicate<BigDecimal> same) {
    BigDecimal best = roundTo(exact, digits, same);
    for (int fewer = digits - 1; fewer > 0; fewer--) {
      BigDecimal candidate = roundTo(exact, fewer, same);
      if (!same.test(candidate)) {
        break;
      }
      best = candidate;
    }
    return ecmaScript(best.stripTrailingZeros());
  }

  /**
   * The nearest number of so many digits; or, at a power of two, where the nearest may read back as
   * another number, the one on its other side.
   */
  private static BigDecimal roundTo(BigDecimal exact, int digits, Predicate<BigDecimal> same) {
    BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    if (same.test(nearest)) {
      return nearest;
    }
    RoundingMode other = nearest.compareTo(exact) > 0 ? RoundingMode.FLOOR : RoundingMode.CEILING;
    return exact.round(new MathContext(digits, other));
  }

  /** ECMA-262, Number::toString: decimal notation from 1e-6 up to below 1e21. */
  private static String ecmaScript(BigDecimal number) {
    String sign = number.signum() < 0 ? "-" : "";
    String digits = number.unscaledValue().abs().toString();
    int point = digits.length() - number.scale();
    if (point > 21 || point <= -6) {
      String mantissa =
          digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      int exponent = point - 1;
      return sign + mantissa + (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
    }
    return sign + number.abs().toPlainString();
  }
}
