package dev.heliograph.inference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces HTML character references as Python's {@code html.unescape} does: all named references
 * of HTML 5, the older ones without a semicolon too, and numeric ones. Thread-safe.
 */
final class HtmlEntities {
  private static final Map<String, String> NAMED = readNamed();

  private static final Pattern REFERENCE =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");

  private static final Pattern CLOSED_REFERENCE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private static final String REPLACEMENT = "\uFFFD";

  private HtmlEntities() {}

  static String unescape(String text) {
    return text.indexOf('&') < 0 ? text : REFERENCE.matcher(text).replaceAll(HtmlEntities::quoted);
  }

  /** Only references that end in a semicolon. */
  static String unescapeClosed(String text) {
    return text.indexOf('&') < 0
        ? text
        : CLOSED_REFERENCE
            .matcher(text)
            .replaceAll(match -> Matcher.quoteReplacement(unescape(match.group())));
  }

  private static String quoted(MatchResult match) {
    return Matcher.quoteReplacement(replacement(match.group(1)));
  }

  /**
   * @param reference without the ampersand
   */
  private static String replacement(String reference) {
    if (reference.startsWith("#")) {
      return numeric(reference.endsWith(";") ? chop(reference) : reference);
    }
    // The longest known name wins: "&notit;" is "¬it;".
    for (String name = reference; !name.isEmpty(); name = chop(name)) {
      @Nullable String characters = NAMED.get(name);
      if (characters != null) {
        return characters + reference.substring(name.length());
      }
    }
    return "&" + reference;
  }

  private static String chop(String text) {
    return text.substring(0, text.length() - 1);
  }

  /**
   * @param reference {@code #123} or {@code #x7B}
   */
  private static String numeric(String reference) {
    boolean hexadecimal = reference.charAt(1) == 'x' || reference.charAt(1) == 'X';
    int codePoint = number(reference.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
    if (codePoint == 0 || codePoint > Character.MAX_CODE_POINT || isSurrogate(codePoint)) {
      return REPLACEMENT;
    }
    if (codePoint == '\r') {
      return "\r";
    }
    if (codePoint >= 0x80 && codePoint < 0xA0) {
      String mapped = new String(new byte[] {(byte) codePoint}, WINDOWS_1252);
      return mapped.equals(REPLACEMENT) ? Character.toString(codePoint) : mapped;
    }
    return isForbidden(codePoint) ? "" : Character.toString(codePoint);
  }

  /** Any number beyond Unicode counts as the first one beyond it. */
  private static int number(String digits, int radix) {
    int value = 0;
    for (int i = 0; i < digits.length() && value <= Character.MAX_CODE_POINT; i++) {
      value = value * radix + Character.digit(digits.charAt(i), radix);
    }
    return value;
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** Control characters and non-characters. */
  private static boolean isForbidden(int codePoint) {
    return codePoint < 0x20 && codePoint != '\t' && codePoint != '\n' && codePoint != '\f'
        || codePoint == 0x7F
        || codePoint >= 0xFDD0 && codePoint <= 0xFDEF
        || (codePoint & 0xFFFE) == 0xFFFE;
  }

  private static Map<String, String> readNamed() {
    Map<String, String> named = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(HtmlEntities.class.getResourceAsStream("html-entities.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split("[\t ]", -1);
          StringBuilder characters = new StringBuilder();
          for (int i = 1; i < fields.length; i++) {
            characters.appendCodePoint(Integer.parseInt(fields[i], 16));
          }
          named.put(fields[0], characters.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(named);
  }
}
