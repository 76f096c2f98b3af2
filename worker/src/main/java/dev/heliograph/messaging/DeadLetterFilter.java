package dev.heliograph.messaging;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which dead letters are meant; what is empty does not restrict them.
 *
 * @param code name of a failure code
 * @param queryId the query's, or the record's key if the value cannot be decoded
 * @param originalTopic where the record was consumed from
 * @param since when it was published as a dead letter, at the earliest
 * @param until when it was published as a dead letter, before
 */
public record DeadLetterFilter(
    Optional<String> code,
    Optional<String> queryId,
    Optional<String> originalTopic,
    Optional<Instant> since,
    Optional<Instant> until)
    implements Predicate<DeadLetter> {

  /** Accepts all. */
  public static final DeadLetterFilter ALL =
      new DeadLetterFilter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Accepts what failed with this code. */
  public static DeadLetterFilter ofCode(String code) {
    return new DeadLetterFilter(
        Optional.of(code), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public boolean test(DeadLetter letter) {
    return isOrIsNotAsked(code, letter.code())
        && isOrIsNotAsked(queryId, Optional.of(letter.queryId()))
        && isOrIsNotAsked(originalTopic, letter.originalTopic())
        && since.map(instant -> !letter.deadSince().isBefore(instant)).orElse(true)
        && until.map(instant -> letter.deadSince().isBefore(instant)).orElse(true);
  }

  private static boolean isOrIsNotAsked(Optional<String> wanted, Optional<String> found) {
    return wanted.isEmpty() || wanted.equals(found);
  }
}
