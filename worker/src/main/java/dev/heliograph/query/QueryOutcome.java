package dev.heliograph.query;

import java.time.Instant;
import java.util.Optional;

/** What became of one query. Every consumed query ends in exactly one outcome. */
public sealed interface QueryOutcome {
  QueryHeader header();

  /** When a worker took the query up. */
  Instant startedAt();

  Instant completedAt();

  /** Answered; every artifact that the answer names is in object storage. */
  record Completed(Query query, Answer answer, Instant startedAt, Instant completedAt)
      implements QueryOutcome {
    @Override
    public QueryHeader header() {
      return query.header();
    }
  }

  /**
   * Cannot be answered: permanently, or its attempts are used up.
   *
   * @param cause for the dead letter's stack trace
   */
  record Failed(
      QueryHeader header,
      Failure failure,
      Optional<Throwable> cause,
      Instant startedAt,
      Instant completedAt)
      implements QueryOutcome {}

  /** Its deadline passed before the answer was ready. */
  record Expired(QueryHeader header, Failure failure, Instant startedAt, Instant completedAt)
      implements QueryOutcome {}

  /** Its sender gave it up before the answer was ready. */
  record Cancelled(QueryHeader header, Failure failure, Instant startedAt, Instant completedAt)
      implements QueryOutcome {}
}
