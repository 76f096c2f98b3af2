package dev.heliograph.query;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A sender's word that an answer is no longer wanted.
 *
 * @param requestedAt queries submitted up to then are meant: the same id submitted later is another
 *     query
 * @param reason the sender's own, if it gives one
 */
public record Cancellation(String queryId, Instant requestedAt, Optional<String> reason) {
  public Cancellation {
    Objects.requireNonNull(requestedAt, "requestedAt");
    Objects.requireNonNull(reason, "reason");
    if (!QueryHeader.isUsableQueryId(queryId)) {
      throw new QueryFailedException(
          FailureCode.MALFORMED_EVENT,
          "queryId: \"" + Text.shorten(queryId) + "\" is not 1 to 128 of [A-Za-z0-9._-]");
    }
  }

  /** Whether this query is meant. */
  public boolean concerns(QueryHeader query) {
    return queryId.equals(query.queryId()) && !query.submittedAt().isAfter(requestedAt);
  }

  /** For the failure, in one short line. */
  public String message() {
    return "cancelled at "
        + requestedAt
        + reason.filter(text -> !text.isBlank()).map(text -> ": " + Text.shorten(text)).orElse("");
  }
}
