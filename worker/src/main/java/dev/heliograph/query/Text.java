package dev.heliograph.query;

/** Outside text in messages: one line, bounded. */
public final class Text {
  private static final int LIMIT = 80;

  private Text() {}

  /** At most 80 characters, control characters replaced, so that a message stays one short line. */
  public static String shorten(String text) {
    String line = text.length() <= LIMIT ? text : text.substring(0, LIMIT) + "…";
    return oneLine(line);
  }

  /** Control characters replaced, those beyond ASCII too, and what else breaks lines. */
  public static String oneLine(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
  }
}
