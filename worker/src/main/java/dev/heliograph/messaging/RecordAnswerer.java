package dev.heliograph.messaging;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one consumed record: decodes it, hands the query to the {@link QueryAnswerer}, has what
 * comes back recorded, and turns it into records to publish. Knows nothing of offsets, groups or
 * transactions, so that every kind of delivery can use it. Thread-safe.
 */
final class RecordAnswerer {
  private static final Logger log = LoggerFactory.getLogger(RecordAnswerer.class);

  private final EventDecoder<QueryRequested> decoder;
  private final Publications publications;
  private final QueryAnswerer answerer;
  private final OutcomeRecorder recorder;
  private final Clock clock;

  RecordAnswerer(
      MessagingConfig config,
      SchemaIdResolver ids,
      QueryAnswerer answerer,
      OutcomeRecorder recorder,
      Clock clock) {
    this.decoder = new EventDecoder<>(QueryRequested.class, ids);
    this.publications =
        new Publications(config, EventEncoder.of(QueryCompletion.class, config.framing(), ids));
    this.answerer = answerer;
    this.recorder = recorder;
    this.clock = clock;
  }

  /**
   * Returns at once. The future completes exceptionally only with an Error or a cancellation: then
   * the answerer is gone, and nothing may be published in its name. Who cancels it lets the
   * answerer drop the query.
   *
   * @throws java.io.UncheckedIOException if the schema registry cannot be reached: nothing was done
   */
  CompletableFuture<Publication> answer(ConsumerRecord<byte[], byte[]> record) {
    RecordObservation observed = answerer.takenUp(TakenUp.of(record));
    try {
      return observed.call(() -> answer(record, observed));
    } catch (RuntimeException e) {
      observed.ended(Optional.empty(), Optional.of(e));
      throw e;
    }
  }

  private CompletableFuture<Publication> answer(
      ConsumerRecord<byte[], byte[]> record, RecordObservation observed) {
    Instant startedAt = clock.instant();
    QueryRequested event;
    QueryHeader header;
    try {
      event = decode(record.value());
      header = QueryEvents.header(event);
    } catch (MalformedEventException | QueryFailedException e) {
      log.warn("{} is a dead letter: {}", address(record), e.getMessage());
      return CompletableFuture.completedFuture(ended(observed, publications.malformed(record, e)));
    }
    Asked asked = Asked.of(event);
    RunEvidence evidence = new RunEvidence();
    CompletableFuture<QueryOutcome> answer = answer(asked, evidence).toCompletableFuture();
    CompletableFuture<Publication> publication =
        answer
            .handle((outcome, error) -> outcome(header, startedAt, outcome, error))
            .thenCompose(outcome -> recorded(record, asked, evidence, outcome))
            .exceptionally(error -> unrecorded(record, header, startedAt, error))
            .thenApply(made -> ended(observed, made));
    var unused =
        publication.whenComplete(
            (value, error) -> {
              if (error != null) {
                observed.ended(Optional.empty(), Optional.of(unwrapped(error)));
              }
              if (publication.isCancelled()) {
                answer.cancel(false);
              }
            });
    return publication;
  }

  private static Publication ended(RecordObservation observed, Publication publication) {
    publication.continueTrace(observed.trace());
    observed.ended(publication.outcome(), Optional.empty());
    return publication;
  }

  /**
   * What becomes of a record that is not tried again: a failure with a dead letter.
   *
   * @param deliveries how often it has come
   */
  CompletableFuture<Publication> giveUp(ConsumerRecord<byte[], byte[]> record, int deliveries) {
    RecordObservation observed = answerer.takenUp(TakenUp.of(record));
    try {
      return observed
          .call(() -> givenUp(record, deliveries))
          .thenApply(made -> ended(observed, made))
          .toCompletableFuture();
    } catch (RuntimeException e) {
      observed.ended(Optional.empty(), Optional.of(e));
      throw e;
    }
  }

  private CompletionStage<Publication> givenUp(
      ConsumerRecord<byte[], byte[]> record, int deliveries) {
    Instant now = clock.instant();
    try {
      QueryRequested event = decode(record.value());
      QueryHeader header = QueryEvents.header(event);
      log.error("{} is given up at delivery {}", address(record), deliveries);
      Failure failure =
          new Failure(
              FailureCode.INTERNAL,
              "delivered " + deliveries + " times without an end: its workers died or hung",
              deliveries);
      QueryOutcome outcome = new QueryOutcome.Failed(header, failure, Optional.empty(), now, now);
      return CompletableFuture.completedFuture(outcome)
          .thenCompose(failed -> recorded(record, Asked.of(event), new RunEvidence(), failed))
          .exceptionally(error -> unrecorded(record, header, now, error));
    } catch (MalformedEventException | QueryFailedException e) {
      return CompletableFuture.completedFuture(publications.malformed(record, e));
    }
  }

  /** The publication of an outcome, once its record is kept. */
  private CompletionStage<Publication> recorded(
      ConsumerRecord<byte[], byte[]> record,
      Asked asked,
      RunEvidence evidence,
      QueryOutcome outcome) {
    return recorder
        .record(origin(record), asked.query(), evidence, outcome)
        .thenApply(attestation -> ended(record, outcome, attestation));
  }

  /** See {@link Publications#smaller}. */
  Publication smaller(
      ConsumerRecord<byte[], byte[]> record,
      Publication publication,
      Set<ProducerRecord<byte[], byte[]>> tooLarge) {
    return publications.smaller(record, publication, tooLarge);
  }

  private QueryRequested decode(byte @Nullable [] value) throws MalformedEventException {
    return decoder.decode(value == null ? new byte[0] : value);
  }

  /** The query, or why it is none. */
  private record Asked(Optional<Query> query, Optional<RuntimeException> fault) {
    static Asked of(QueryRequested event) {
      try {
        return new Asked(Optional.of(QueryEvents.toQuery(event)), Optional.empty());
      } catch (RuntimeException e) {
        return new Asked(Optional.empty(), Optional.of(e));
      }
    }
  }

  private CompletionStage<QueryOutcome> answer(Asked asked, RunEvidence evidence) {
    if (asked.query().isEmpty()) {
      return CompletableFuture.failedFuture(asked.fault().orElseThrow());
    }
    try {
      return answerer.answer(asked.query().get(), evidence);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private QueryOutcome outcome(
      QueryHeader header,
      Instant startedAt,
      @Nullable QueryOutcome outcome,
      @Nullable Throwable error) {
    if (error == null && outcome != null && outcome.header().equals(header)) {
      return outcome;
    }
    return failed(
        header,
        startedAt,
        error != null ? error : new IllegalStateException("not this query's: " + outcome));
  }

  /** Whatever the outcome was: its record could not be kept, or it cannot be written. */
  private Publication unrecorded(
      ConsumerRecord<byte[], byte[]> record,
      QueryHeader header,
      Instant startedAt,
      Throwable error) {
    QueryOutcome outcome = failed(header, startedAt, error);
    log.error("{}: its outcome cannot be recorded", address(record), unwrapped(error));
    return ended(record, outcome, Optional.empty());
  }

  private static OutcomeRecorder.Origin origin(ConsumerRecord<byte[], byte[]> record) {
    return new OutcomeRecorder.Origin(
        record.topic(), record.partition(), record.offset(), record.value());
  }

  private Publication ended(
      ConsumerRecord<byte[], byte[]> record,
      QueryOutcome outcome,
      Optional<OutcomeRecorder.Attestation> attestation) {
    Publication publication = publications.of(record, outcome, attestation);
    try {
      answerer.ended(outcome);
    } catch (RuntimeException e) {
      log.error("{}: its end was told in vain", address(record), e);
    }
    return publication;
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? unwrapped(error.getCause())
        : error;
  }

  /** Passes an Error or a cancellation on: it is not the query's own. */
  private QueryOutcome failed(QueryHeader header, Instant startedAt, Throwable error) {
    Throwable cause = unwrapped(error);
    if (cause instanceof Error || cause instanceof CancellationException) {
      throw new CompletionException(cause);
    }
    FailureCode code = cause instanceof QueryFailedException e ? e.code() : FailureCode.INTERNAL;
    if (code == FailureCode.INTERNAL) {
      log.error("query {} failed", header.queryId(), cause);
    }
    Failure failure = new Failure(code, message(code, cause), 1);
    Instant now = clock.instant();
    return switch (code) {
      case DEADLINE_EXCEEDED -> new QueryOutcome.Expired(header, failure, startedAt, now);
      case CANCELLED -> new QueryOutcome.Cancelled(header, failure, startedAt, now);
      default -> new QueryOutcome.Failed(header, failure, Optional.of(cause), startedAt, now);
    };
  }

  /** What is inside of a bug's message is not for other systems; the dead letter has it. */
  private static String message(FailureCode code, Throwable cause) {
    return code == FailureCode.INTERNAL || cause.getMessage() == null
        ? cause.getClass().getSimpleName() + ", see the dead letter"
        : cause.getMessage();
  }

  private static String address(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
