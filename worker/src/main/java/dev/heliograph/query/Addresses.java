package dev.heliograph.query;

import java.net.URI;
import java.util.regex.Pattern;

/** Addresses from outside, as they may be told to others: in records, documents and messages. */
public final class Addresses {
  private static final Pattern QUERY_OR_FRAGMENT = Pattern.compile("[?#].*$", Pattern.DOTALL);
  private static final Pattern USER_INFO = Pattern.compile("^([^/]*//)[^/]*@");

  private Addresses() {}

  /**
   * Without what can be a credential: user information, query (a presigned URL's signature) and
   * fragment. What remains names the same place; whether it opens it is another question.
   */
  public static String withoutCredentials(URI uri) {
    return withoutCredentials(uri.toString());
  }

  /** As {@link #withoutCredentials(URI)}, of a text that may be no address at all. */
  public static String withoutCredentials(String text) {
    String place = QUERY_OR_FRAGMENT.matcher(text).replaceFirst("");
    return USER_INFO.matcher(place).replaceFirst("$1");
  }
}
