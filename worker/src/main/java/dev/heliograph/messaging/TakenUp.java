package dev.heliograph.messaging;

import dev.heliograph.query.QueryHeader;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where a record that was taken up comes from.
 *
 * @param key the record's key, if it can be a query's id
 * @param timestamp when it was published, by the sender's clock or the broker's
 * @param bytes of its value
 * @param trace that it belongs to
 */
public record TakenUp(
    String topic,
    int partition,
    long offset,
    Optional<String> key,
    Instant timestamp,
    int bytes,
    Optional<TraceContext> trace) {

  static TakenUp of(ConsumerRecord<byte[], byte[]> record) {
    return new TakenUp(
        record.topic(),
        record.partition(),
        record.offset(),
        Optional.ofNullable(record.key()).map(Bytes::text).filter(QueryHeader::isUsableQueryId),
        Instant.ofEpochMilli(record.timestamp()),
        record.value() == null ? 0 : record.value().length,
        EventHeaders.trace(record.headers()));
  }
}
