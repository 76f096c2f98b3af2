package dev.heliograph.pipeline;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a run's end, whatever it is, into the query's outcome. */
record OutcomeOf(Query query, RunClock clock, Retries retries) {
  private static final Logger log = LoggerFactory.getLogger(OutcomeOf.class);

  QueryOutcome apply(@Nullable Answer answer, @Nullable Throwable error) {
    if (answer != null) {
      return new QueryOutcome.Completed(query, answer, clock.startedAt(), clock.now());
    }
    Throwable cause = error == null ? new AssertionError("no answer") : Retries.unwrapped(error);
    if (cause instanceof QueryFailedException failed) {
      return failed(failed.code(), String.valueOf(failed.getMessage()), failed);
    }
    if (cause instanceof RuntimeException && !(cause instanceof CancellationException)) {
      log.error("Query {} failed unexpectedly", query.queryId(), cause);
      // What a bug says of itself is not for other systems.
      String name = cause.getClass().getSimpleName();
      return failed(FailureCode.INTERNAL, name + ", see the dead letter", cause);
    }
    throw new CompletionException(cause);
  }

  private QueryOutcome failed(FailureCode code, String message, Throwable cause) {
    String line = message.replaceAll("\\p{Cntrl}+", " ");
    Failure failure = new Failure(code, line, retries.attempts());
    return switch (code) {
      case DEADLINE_EXCEEDED ->
          new QueryOutcome.Expired(query.header(), failure, clock.startedAt(), clock.now());
      case CANCELLED ->
          new QueryOutcome.Cancelled(query.header(), failure, clock.startedAt(), clock.now());
      default ->
          new QueryOutcome.Failed(
              query.header(), failure, Optional.of(cause), clock.startedAt(), clock.now());
    };
  }
}
