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
 * @param attestations the queries' explanation records, where an audit trail is kept
 */
public record Topics(String queries, String completions, String deadLetters, String attestations) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public static final Topics DEFAULT =
      new Topics("cir.query.v1", "cir.completion.v1", "cir.query.v1-dlt", "cir.attestation.v1");

  public Topics {
    check(queries, "queries");
    check(completions, "completions");
    check(deadLetters, "deadLetters");
    check(attestations, "attestations");
    if (Set.copyOf(List.of(queries, completions, deadLetters, attestations)).size() < 4) {
      throw new IllegalArgumentException(
          ("topics: " + queries + ", " + completions + ", " + deadLetters + ", " + attestations)
              + " are not four");
    }
  }

  /** Dead letters and records go to the queries' topic with {@code -dlt} and {@code -audit}. */
  public static Topics of(String queries, String completions) {
    return new Topics(queries, completions, queries + "-dlt", queries + "-audit");
  }

  private static void check(String topic, String field) {
    if (!NAME.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "topics." + field + ": \"" + topic + "\" is not 1 to 249 of [A-Za-z0-9._-]");
    }
  }
}
