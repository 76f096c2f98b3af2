package dev.heliograph.inference;

import java.util.Locale;

/**
 * Lower case as Python's {@code str.lower}: Unicode's full mapping, with Σ becoming ς where it ends
 * a word. Java has another idea of a word's end where punctuation follows. Thread-safe.
 */
final class LowerCase {
  private static final int CAPITAL_SIGMA = 'Σ';

  /** Punctuation inside a word, which Unicode counts as having no case of its own. */
  private static final String INSIDE_WORDS = "'.:^`··’‘․︓﹒﹕＇．：";

  private LowerCase() {}

  static String of(String text) {
    if (text.indexOf(CAPITAL_SIGMA) < 0) {
      return text.toLowerCase(Locale.ROOT);
    }
    StringBuilder lower = new StringBuilder(text.length());
    int start = 0;
    for (int at = text.indexOf(CAPITAL_SIGMA); at >= 0; at = text.indexOf(CAPITAL_SIGMA, start)) {
      lower.append(text.substring(start, at).toLowerCase(Locale.ROOT));
      lower.append(endsWord(text, at) ? 'ς' : 'σ');
      start = at + 1;
    }
    return lower.append(text.substring(start).toLowerCase(Locale.ROOT)).toString();
  }

  /** Unicode's Final_Sigma: a cased letter before, none after; the caseless are skipped. */
  private static boolean endsWord(String text, int at) {
    int before = at;
    while (before > 0 && isCaseless(text.codePointBefore(before))) {
      before -= Character.charCount(text.codePointBefore(before));
    }
    int after = at + 1;
    while (after < text.length() && isCaseless(text.codePointAt(after))) {
      after += Character.charCount(text.codePointAt(after));
    }
    return before > 0
        && isCased(text.codePointBefore(before))
        && (after == text.length() || !isCased(text.codePointAt(after)));
  }

  private static boolean isCased(int codePoint) {
    return Character.isUpperCase(codePoint)
        || Character.isLowerCase(codePoint)
        || Character.isTitleCase(codePoint);
  }

  private static boolean isCaseless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> INSIDE_WORDS.indexOf(codePoint) >= 0;
    };
  }
}
