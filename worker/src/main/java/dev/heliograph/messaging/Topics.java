package dev.heliograph.messaging;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where events are.
 *
 * @param queries QueryRequested, in
 * @param completions QueryCompletion, exactly one per query, out
 * @param deadLetters what could not be answered, or failed for no reason of its own
 */
public record Topics(String queries, String completions, String deadLetters) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public static final Topics DEFAULT = of("cir.query.v1", "cir.completion.v1");

  public Topics {
    check(queries, "queries");
    check(completions, "completions");
    check(deadLetters, "deadLetters");
    if (Set.copyOf(List.of(queries, completions, deadLetters)).size() < 3) {
      throw new IllegalArgumentException(
          "topics: " + queries + ", " + completions + ", " + deadLetters + " are not three");
    }
  }

  /** Dead letters go to the queries' topic with {@code -dlt}. */
  public static Topics of(String queries, String completions) {
    return new Topics(queries, completions, queries + "-dlt");
  }

  private static void check(String topic, String field) {
    if (!NAME.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "topics." + field + ": \"" + topic + "\" is not 1 to 249 of [A-Za-z0-9._-]");
    }
  }
}
