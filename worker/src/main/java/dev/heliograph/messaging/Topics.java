package dev.heliograph.messaging;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where events are.
 *
 * @param queries QueryRequested, in
 * @param interactive QueryRequested that somebody waits for: asked before {@code queries}, which
 *     are then those that can wait. See {@link Lanes}
 * @param completions QueryCompletion, exactly one per query, out
 * @param deadLetters what could not be answered, or failed for no reason of its own
 * @param attestations the queries' explanation records, where an audit trail is kept
 */
public record Topics(
    String queries,
    Optional<String> interactive,
    String completions,
    String deadLetters,
    String attestations) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public static final Topics DEFAULT =
      new Topics("cir.query.v1", "cir.completion.v1", "cir.query.v1-dlt", "cir.attestation.v1");

  public Topics {
    check(queries, "queries");
    interactive.ifPresent(topic -> check(topic, "interactive"));
    check(completions, "completions");
    check(deadLetters, "deadLetters");
    check(attestations, "attestations");
    List<String> all = new ArrayList<>(List.of(queries, completions, deadLetters, attestations));
    interactive.ifPresent(all::add);
    if (new HashSet<>(all).size() < all.size()) {
      throw new IllegalArgumentException(
          "topics: " + String.join(", ", all) + " are not " + all.size() + " different ones");
    }
  }

  /** Without a topic of interactive queries. */
  public Topics(String queries, String completions, String deadLetters, String attestations) {
    this(queries, Optional.empty(), completions, deadLetters, attestations);
  }

  /** Dead letters and records go to the queries' topic with {@code -dlt} and {@code -audit}. */
  public static Topics of(String queries, String completions) {
    return new Topics(queries, completions, queries + "-dlt", queries + "-audit");
  }

  /** The same with a topic of interactive queries. */
  public Topics withInteractive(String topic) {
    return new Topics(queries, Optional.of(topic), completions, deadLetters, attestations);
  }

  /** Where queries come from: interactive ones, if there is a topic of them, and the others. */
  public List<String> consumed() {
    List<String> consumed = new ArrayList<>();
    interactive.ifPresent(consumed::add);
    consumed.add(queries);
    return List.copyOf(consumed);
  }

  private static void check(String topic, String field) {
    if (!NAME.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "topics." + field + ": \"" + topic + "\" is not 1 to 249 of [A-Za-z0-9._-]");
    }
  }
}
