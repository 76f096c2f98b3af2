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
 */
record Publication(
    Optional<QueryOutcome> outcome,
    Optional<ProducerRecord<byte[], byte[]>> completion,
    Optional<ProducerRecord<byte[], byte[]>> deadLetter) {

  Stream<ProducerRecord<byte[], byte[]>> records() {
    return Stream.concat(completion.stream(), deadLetter.stream());
  }
}
