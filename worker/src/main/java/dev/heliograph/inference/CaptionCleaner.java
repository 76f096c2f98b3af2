package dev.heliograph.inference;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CLIP's original tokenizer does to a text before it splits it: repair by the Python package
 * <a href="https://ftfy.readthedocs.io/">ftfy</a>, two rounds of HTML unescaping, whitespace folded
 * to single spaces, lower case (with Greek final sigma).
 *
 * <p>Of ftfy's repairs all but one are here in full: HTML references unless the text has a {@code
 * <}, C1 controls, ligatures, character width, curly quotes, lone surrogates, terminal escapes,
 * control characters, NFC. Mojibake ("cafÃ©", UTF-8 that was read as Windows-1252) is repaired in
 * the shapes that are hardly anything else: accents, typographic punctuation, emoji. ftfy also
 * guesses at other alphabets, other encodings and damaged bytes. Thread-safe.
 */
final class CaptionCleaner {
  /** HTML escapes and mojibake can be nested; deeper than this they are left. */
  private static final int MAX_ROUNDS = 16;

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private static final Pattern SINGLE_QUOTES = Pattern.compile("[\u02BC\u2018-\u201B]");
  private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\u201C-\u201F]");
  private static final Pattern TERMINAL_ESCAPES = Pattern.compile("\u001B\\[[0-9;]*[a-zA-Z]");
  private static final Pattern CONTROLS =
      Pattern.compile("[\u0000-\u0008\u000B\u000E-\u001F\u007F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]");
  private static final Pattern C1_CONTROLS = Pattern.compile("[\u0080-\u009F]");

  /** Latin ligatures and digraphs, and full-width and half-width forms. */
  private static final Pattern COMPATIBLE =
      Pattern.compile(
          "[\u0132\u0133\u0149\u01C4-\u01CC\u01F1-\u01F3\uFB00-\uFB04\uFB06\u3000\uFF01-\uFFEF]");

  /**
   * UTF-8 read as Windows-1252: an accented letter or symbol below U+0100, punctuation of U+2000 to
   * U+203F, an emoji. Quotes, dashes and dots after "Ã" may be what they look like.
   */
  private static final Pattern MOJIBAKE =
      Pattern.compile(
          "\u00C3[\u0080-\u009F\u00A1-\u00BF\u20AC\u0192\u2020\u2021\u02C6\u2030\u0160\u0152\u017D\u02DC\u2122\u0161\u0153\u017E\u0178]"
              + "|\u00C2[\u00A0-\u00BF]"
              + "|\u00E2\u20AC[^\u0000-\u007F]"
              + "|\u00F0\u0178[^\u0000-\u007F]{2}");

  private static final Pattern WHITESPACE =
      Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private CaptionCleaner() {}

  static String clean(String text) {
    String unescaped = HtmlEntities.unescape(HtmlEntities.unescape(repair(text)));
    return LowerCase.of(WHITESPACE.matcher(unescaped).replaceAll(" ").strip());
  }

  private static String repair(String text) {
    boolean hasMarkup = text.indexOf('<') >= 0;
    String repaired = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String before = repaired;
      repaired = repairOnce(hasMarkup ? repaired : HtmlEntities.unescapeClosed(repaired));
      if (repaired.equals(before)) {
        return repaired;
      }
    }
    return repaired;
  }

  private static String repairOnce(String text) {
    String repaired = MOJIBAKE.matcher(text).replaceAll(match -> decodeMojibake(match.group()));
    repaired = C1_CONTROLS.matcher(repaired).replaceAll(match -> windows1252(match.group()));
    repaired = COMPATIBLE.matcher(repaired).replaceAll(match -> compatible(match.group()));
    repaired = repaired.replace("\uFB05", "\u017Ft");
    repaired = SINGLE_QUOTES.matcher(repaired).replaceAll("'");
    repaired = DOUBLE_QUOTES.matcher(repaired).replaceAll("\"");
    repaired = replaceLoneSurrogates(repaired);
    repaired = TERMINAL_ESCAPES.matcher(repaired).replaceAll("");
    repaired = CONTROLS.matcher(repaired).replaceAll("");
    return Normalizer.normalize(repaired, Normalizer.Form.NFC);
  }

  /** The characters whose UTF-8 bytes these are, or these where the bytes are no UTF-8. */
  private static String decodeMojibake(String characters) {
    ByteBuffer bytes = ByteBuffer.allocate(characters.length());
    for (int i = 0; i < characters.length(); i++) {
      char character = characters.charAt(i);
      byte[] encoded = String.valueOf(character).getBytes(WINDOWS_1252);
      // Windows-1252 leaves five bytes undefined, and its decoders pass them through.
      bytes.put(character < 0x100 ? (byte) character : encoded[0]);
    }
    try {
      return Matcher.quoteReplacement(
          StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Matcher.quoteReplacement(characters);
    }
  }

  private static String windows1252(String control) {
    String mapped = new String(new byte[] {(byte) control.charAt(0)}, WINDOWS_1252);
    return mapped.equals("\uFFFD") ? control : Matcher.quoteReplacement(mapped);
  }

  private static String compatible(String character) {
    return Matcher.quoteReplacement(Normalizer.normalize(character, Normalizer.Form.NFKC));
  }

  private static String replaceLoneSurrogates(String text) {
    if (text.codePoints().noneMatch(CaptionCleaner::isSurrogate)) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints().map(c -> isSurrogate(c) ? 0xFFFD : c).forEach(whole::appendCodePoint);
    return whole.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
