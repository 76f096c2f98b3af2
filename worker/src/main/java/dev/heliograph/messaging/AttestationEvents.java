package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.query.Artifact;
import dev.heliograph.query.QueryOutcome;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records of queries as events: the value is the record, byte for byte; where it is stored stands
 * in {@code ce_dataref} (CloudEvents' claim check), its digest in {@link #SHA256}.
 */
final class AttestationEvents {
  static final String TYPE = "dev.heliograph.events.Attestation";
  static final String DATA_REFERENCE = "ce_dataref";
  static final String SHA256 = "heliograph-sha256";

  private final String topic;

  AttestationEvents(String topic) {
    this.topic = topic;
  }

  /** Of the same record there is the same event: its id is the record's digest. */
  ProducerRecord<byte[], byte[]> event(
      ConsumerRecord<byte[], byte[]> query,
      QueryOutcome outcome,
      OutcomeRecorder.Attestation attestation) {
    Artifact stored = attestation.artifact();
    String queryId = outcome.header().queryId();
    Headers headers = new RecordHeaders();
    String id = queryId + "/attestation/" + stored.sha256();
    EventHeaders.describe(headers, TYPE, stored.mediaType(), id, queryId, outcome.completedAt());
    EventHeaders.put(headers, DATA_REFERENCE, stored.uri().toString());
    EventHeaders.put(headers, SHA256, stored.sha256());
    EventHeaders.copyTraceContext(query.headers(), headers);
    return new ProducerRecord<>(topic, null, queryId.getBytes(UTF_8), attestation.bytes(), headers);
  }

  /** The event of a record that its topic did not accept: readers fetch it. */
  ProducerRecord<byte[], byte[]> withoutValue(ProducerRecord<byte[], byte[]> event) {
    return new ProducerRecord<>(topic, null, event.key(), null, event.headers());
  }
}
