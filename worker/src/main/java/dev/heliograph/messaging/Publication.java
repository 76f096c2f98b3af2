package dev.heliograph.messaging;

import dev.heliograph.query.QueryOutcome;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What one consumed record leaves behind, ready to be published. There is a completion, a dead
 * letter, or both.
 *
 * @param outcome empty if there was nobody to answer
 * @param attestation the outcome's record, where one is kept
 */
record Publication(
    Optional<QueryOutcome> outcome,
    Optional<ProducerRecord<byte[], byte[]>> attestation,
    Optional<ProducerRecord<byte[], byte[]>> completion,
    Optional<ProducerRecord<byte[], byte[]>> deadLetter) {

  /** Lets the completion carry this trace; a dead letter keeps its record's headers. */
  void continueTrace(Optional<TraceContext> trace) {
    trace.ifPresent(
        context ->
            completion.ifPresent(record -> EventHeaders.putTrace(record.headers(), context)));
  }

  /** In the order in which they are to be sent: no completion comes before its record. */
  Stream<ProducerRecord<byte[], byte[]>> records() {
    return Stream.of(attestation, completion, deadLetter).flatMap(Optional::stream);
  }
}
