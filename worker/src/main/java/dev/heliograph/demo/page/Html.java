package dev.heliograph.demo.page;

import dev.heliograph.demo.picture.Jpeg;
import java.net.URI;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/** Pieces of HTML made from text that is not to be trusted. */
final class Html {
  /** A page must not start a script, whatever a completion event says. */
  private static final Set<String> LINK_SCHEMES = Set.of("http", "https", "file");

  private Html() {}

  /** Text as it may stand between tags and inside quoted attributes. */
  static String text(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isPrintable(character) ? character : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  /** A name: its writing direction, and any override in it, end with it. */
  static String name(String name) {
    return "<bdi>" + text(name) + "</bdi>";
  }

  /** A link, or the bare label where the address is none that a page should follow. */
  static String link(URI address, String label) {
    String scheme = address.getScheme();
    if (scheme == null || !LINK_SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
      return text(label);
    }
    return "<a href=\"" + text(address.toASCIIString()) + "\">" + text(label) + "</a>";
  }

  /** An image that is part of the page. */
  static String image(byte[] jpeg, int width, int height, String alternative) {
    return "<img src=\"data:"
        + Jpeg.MEDIA_TYPE
        + ";base64,"
        + Base64.getEncoder().encodeToString(jpeg)
        + "\" width=\""
        + width
        + "\" height=\""
        + height
        + "\" alt=\""
        + text(alternative)
        + "\">";
  }

  private static boolean isPrintable(int character) {
    return character == '\n' || character == '\t' || !Character.isISOControl(character);
  }
}
