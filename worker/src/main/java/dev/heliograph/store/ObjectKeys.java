package dev.heliograph.store;

import dev.heliograph.query.Text;
import java.util.regex.Pattern;

/** Keys that may be written: what is safe in S3, in a file system and in a URL alike. */
final class ObjectKeys {
  /** S3's own limit, in bytes; the alphabet is ASCII. */
  private static final int MAX_LENGTH = 1024;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  private static final Pattern DOTS = Pattern.compile("(^|/)\\.{1,2}(/|$)");

  private ObjectKeys() {}

  /**
   * Segments of {@code [A-Za-z0-9._-]}, none of them {@code .} or {@code ..}, 1024 in all.
   *
   * @throws IllegalArgumentException otherwise
   */
  static String requireSafe(String key) {
    if (key.length() > MAX_LENGTH || !KEY.matcher(key).matches() || DOTS.matcher(key).find()) {
      throw new IllegalArgumentException(
          "object key: \""
              + Text.shorten(key)
              + "\" is not up to 1024 characters of [A-Za-z0-9._-] segments separated by /");
    }
    return key;
  }
}
