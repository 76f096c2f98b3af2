package dev.heliograph.audit;

import java.net.URI;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of a query's records in its folder: {@code attestation.json}, {@code attestation-2.json}.
 */
public final class RecordNames {
  /** What all of them begin with. */
  public static final String STEM = "attestation";

  /** Over what redriving by hand comes to; whoever takes all names away is noticed. */
  static final int MAX = 100;

  private static final Pattern NAME =
      Pattern.compile(STEM + "(?:-([2-9]|[1-9][0-9]{1,8}))?\\.json");

  private RecordNames() {}

  static String of(int number) {
    return STEM + (number == 1 ? "" : "-" + number) + ".json";
  }

  /** Empty if a file of this name is no record. */
  public static OptionalInt number(String fileName) {
    Matcher matcher = NAME.matcher(fileName);
    if (!matcher.matches()) {
      return OptionalInt.empty();
    }
    String digits = matcher.group(1);
    return OptionalInt.of(digits == null ? 1 : Integer.parseInt(digits));
  }

  /** As {@link #number(String)}, of the last part of an address. */
  static OptionalInt number(URI uri) {
    String text = uri.toString();
    return number(text.substring(text.lastIndexOf('/') + 1));
  }
}
