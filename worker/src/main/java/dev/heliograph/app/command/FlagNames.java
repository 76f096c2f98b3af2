package dev.heliograph.app.command;

import dev.heliograph.query.QueryFailedException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command calls the fields of its values. Whoever refuses a value begins with its field's
 * name, as events spell it; users have typed a flag.
 *
 * @param byField flag, or label of a parameter
 */
record FlagNames(Map<String, String> byField) {
  /** Of a list, with the index. */
  private static final Pattern FIELD = Pattern.compile("([A-Za-z.]+)(\\[\\d+])?(?=: )");

  FlagNames {
    byField = Map.copyOf(byField);
  }

  /** The message, which names the flag if it began with a field that one sets. */
  String in(String message) {
    Matcher field = FIELD.matcher(message);
    String flag = field.lookingAt() ? byField.get(field.group(1)) : null;
    return flag == null ? message : flag + message.substring(field.end());
  }

  /** The same failure, whose message names the flag. */
  QueryFailedException in(QueryFailedException e) {
    return new QueryFailedException(e.code(), in(String.valueOf(e.getMessage())), e);
  }

  /** Wrong usage, since a value was refused. */
  UsageException usage(RuntimeException e) {
    return new UsageException(in(String.valueOf(e.getMessage())));
  }
}
