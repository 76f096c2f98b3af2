package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Makes completions and dead letters of consumed records and their outcomes. Thread-safe. */
final class Publications {
  /** A query id has at most 128 characters; a longer key is none. */
  private static final int MAX_KEPT_KEY = 1024;

  private final MessagingConfig config;
  private final AttestationEvents attestations;
  private final EventEncoder<QueryCompletion> encoder;

  Publications(MessagingConfig config, EventEncoder<QueryCompletion> encoder) {
    this.config = config;
    this.attestations = new AttestationEvents(config.topics().attestations());
    this.encoder = encoder;
  }

  /** A record that nobody can be answered for. */
  Publication malformed(ConsumerRecord<byte[], byte[]> record, Throwable exception) {
    return new Publication(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(deadLetter(record, FailureCode.MALFORMED_EVENT, exception)));
  }

  /**
   * The completion; for a failure that was not the query's own, a dead letter too, so that the
   * query can be redriven when its cause is gone.
   *
   * @param attestation the outcome's record, which goes to a topic of its own too
   */
  Publication of(
      ConsumerRecord<byte[], byte[]> record,
      QueryOutcome outcome,
      Optional<OutcomeRecorder.Attestation> attestation) {
    Optional<Artifact> kept = attestation.map(OutcomeRecorder.Attestation::artifact);
    return new Publication(
        Optional.of(outcome),
        attestation.map(found -> attestations.event(record, outcome, found)),
        Optional.of(completion(record, outcome, kept)),
        foreignFailure(outcome)
            .map(failed -> deadLetter(record, failed.failure().code(), cause(failed))));
  }

  private static Throwable cause(QueryOutcome.Failed failed) {
    return failed
        .cause()
        .orElseGet(
            () -> new QueryFailedException(failed.failure().code(), failed.failure().message()));
  }

  /**
   * The same ending in records that fit: a completion that its topic did not accept becomes a
   * failure without attributes, a dead letter loses its value, which is still where it came from;
   * so does a record, which is in object storage. The record of an answer that could not be
   * published stays what it is, and is not linked.
   */
  Publication smaller(
      ConsumerRecord<byte[], byte[]> record,
      Publication publication,
      Set<ProducerRecord<byte[], byte[]>> tooLarge) {
    if (publication.completion().filter(tooLarge::contains).isPresent()) {
      QueryOutcome.Failed outcome = tooLargeToPublish(publication);
      return new Publication(
          Optional.of(outcome),
          publication.attestation(),
          Optional.of(completion(record, outcome, Optional.empty())),
          Optional.of(deadLetter(record, FailureCode.INTERNAL, cause(outcome))));
    }
    return new Publication(
        publication.outcome(),
        publication
            .attestation()
            .map(event -> tooLarge.contains(event) ? attestations.withoutValue(event) : event),
        publication.completion(),
        publication
            .deadLetter()
            .map(letter -> tooLarge.contains(letter) ? withoutValue(letter) : letter));
  }

  private QueryOutcome.Failed tooLargeToPublish(Publication publication) {
    QueryOutcome outcome = publication.outcome().orElseThrow();
    int bytes = publication.completion().orElseThrow().value().length;
    QueryHeader header =
        new QueryHeader(outcome.header().queryId(), outcome.header().submittedAt(), Map.of());
    Failure failure =
        new Failure(
            FailureCode.INTERNAL,
            String.format(
                "the completion of %d bytes is over the limit of topic %s; attributes dropped",
                bytes, config.topics().completions()),
            1);
    return new QueryOutcome.Failed(
        header, failure, Optional.empty(), outcome.startedAt(), outcome.completedAt());
  }

  private static Optional<QueryOutcome.Failed> foreignFailure(QueryOutcome outcome) {
    return outcome instanceof QueryOutcome.Failed failed && failed.failure().code().isTransient()
        ? Optional.of(failed)
        : Optional.empty();
  }

  private ProducerRecord<byte[], byte[]> completion(
      ConsumerRecord<byte[], byte[]> record, QueryOutcome outcome, Optional<Artifact> attestation) {
    String queryId = outcome.header().queryId();
    QueryCompletion event = CompletionEvents.toEvent(outcome, attestation);
    Headers headers = new RecordHeaders();
    EventHeaders.describe(headers, event, id(record, queryId), queryId, outcome.completedAt());
    EventHeaders.copyTraceContext(record.headers(), headers);
    return new ProducerRecord<>(
        config.topics().completions(),
        null,
        queryId.getBytes(UTF_8),
        encoder.encode(event),
        headers);
  }

  /** The same for each delivery of a record; a redriven one is another, with another completion. */
  private static String id(ConsumerRecord<byte[], byte[]> record, String queryId) {
    int redrives = DeadLetterHeaders.redrives(record.headers());
    return queryId + "/completion" + (redrives == 0 ? "" : "/" + redrives);
  }

  private ProducerRecord<byte[], byte[]> deadLetter(
      ConsumerRecord<byte[], byte[]> record, FailureCode code, Throwable exception) {
    Headers headers = new RecordHeaders(record.headers());
    DeadLetterHeaders.describeOrigin(headers, record, config.group());
    DeadLetterHeaders.describeException(headers, exception);
    EventHeaders.put(headers, DeadLetterHeaders.FAILURE_CODE, code.name());
    EventHeaders.put(headers, DeadLetterHeaders.WORKER, config.worker());
    return new ProducerRecord<>(
        config.topics().deadLetters(), null, record.key(), record.value(), headers);
  }

  /** Value, foreign headers and a long key can each be what is too large: none is kept. */
  private static ProducerRecord<byte[], byte[]> withoutValue(
      ProducerRecord<byte[], byte[]> letter) {
    Headers headers = DeadLetterHeaders.ownOnly(letter.headers());
    if (headers.lastHeader(DeadLetterHeaders.VALUE_OMITTED) == null) {
      int bytes = letter.value() == null ? 0 : letter.value().length;
      EventHeaders.put(headers, DeadLetterHeaders.VALUE_OMITTED, Integer.toString(bytes));
    }
    byte[] key = letter.key() == null || letter.key().length > MAX_KEPT_KEY ? null : letter.key();
    return new ProducerRecord<>(letter.topic(), null, key, null, headers);
  }
}
