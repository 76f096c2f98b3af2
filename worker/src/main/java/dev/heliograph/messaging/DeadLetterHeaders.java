package dev.heliograph.messaging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers that Spring Kafka's {@code DeadLetterPublishingRecoverer} writes, in its encodings
 * (text in UTF-8, numbers big-endian), so that tools made for it read these dead letters too; and
 * ours. They are added after the original's, which stay as they are: the last of a name counts.
 */
final class DeadLetterHeaders {
  static final String PREFIX = "kafka_dlt-";
  static final String ORIGINAL_TOPIC = PREFIX + "original-topic";
  static final String ORIGINAL_PARTITION = PREFIX + "original-partition";
  static final String ORIGINAL_OFFSET = PREFIX + "original-offset";
  static final String ORIGINAL_TIMESTAMP = PREFIX + "original-timestamp";
  static final String ORIGINAL_TIMESTAMP_TYPE = PREFIX + "original-timestamp-type";
  static final String ORIGINAL_GROUP = PREFIX + "original-consumer-group";
  static final String EXCEPTION_CLASS = PREFIX + "exception-fqcn";
  static final String EXCEPTION_CAUSE_CLASS = PREFIX + "exception-cause-fqcn";
  static final String EXCEPTION_MESSAGE = PREFIX + "exception-message";
  static final String EXCEPTION_STACK_TRACE = PREFIX + "exception-stacktrace";

  static final String OURS = "heliograph-";
  static final String FAILURE_CODE = OURS + "failure-code";
  static final String WORKER = OURS + "worker";

  /** On a dead letter whose value its topic did not accept: how many bytes that was. */
  static final String VALUE_OMITTED = OURS + "value-omitted";

  /** On a record that was published again: the dead letter's topic-partition@offset. */
  static final String REDRIVEN_FROM = OURS + "redriven-from";

  /** On a record that was published again: how often, in digits. */
  static final String REDRIVES = OURS + "redrives";

  private static final int MAX_MESSAGE = 2_000;
  private static final int MAX_STACK_TRACE = 16_000;

  private static final List<String> OWN =
      List.of(
          ORIGINAL_TOPIC,
          ORIGINAL_PARTITION,
          ORIGINAL_OFFSET,
          ORIGINAL_TIMESTAMP,
          ORIGINAL_TIMESTAMP_TYPE,
          ORIGINAL_GROUP,
          EXCEPTION_CLASS,
          EXCEPTION_CAUSE_CLASS,
          EXCEPTION_MESSAGE,
          EXCEPTION_STACK_TRACE,
          FAILURE_CODE,
          WORKER,
          VALUE_OMITTED,
          REDRIVES);

  private DeadLetterHeaders() {}

  /** How often a record was published again; 0 if nobody says, or nobody says it in digits. */
  static int redrives(Headers headers) {
    Header header = headers.lastHeader(REDRIVES);
    return redrives(
        Optional.ofNullable(header == null ? null : header.value())
            .filter(value -> value.length <= 6)
            .map(Bytes::text));
  }

  static int redrives(Optional<String> text) {
    return text.filter(t -> t.matches("\\d{1,6}")).map(Integer::parseInt).orElse(0);
  }

  /** What was added to a dead letter here, without what came with the record. */
  static Headers ownOnly(Headers headers) {
    Headers own = new RecordHeaders();
    for (String name : OWN) {
      Header header = headers.lastHeader(name);
      if (header != null) {
        own.add(name, header.value());
      }
    }
    return own;
  }

  static void describeOrigin(Headers headers, ConsumerRecord<?, ?> record, String group) {
    EventHeaders.put(headers, ORIGINAL_TOPIC, record.topic());
    headers.add(ORIGINAL_PARTITION, bytes(record.partition()));
    headers.add(ORIGINAL_OFFSET, bytes(record.offset()));
    headers.add(ORIGINAL_TIMESTAMP, bytes(record.timestamp()));
    EventHeaders.put(headers, ORIGINAL_TIMESTAMP_TYPE, record.timestampType().toString());
    EventHeaders.put(headers, ORIGINAL_GROUP, group);
  }

  static void describeException(Headers headers, Throwable exception) {
    EventHeaders.put(headers, EXCEPTION_CLASS, exception.getClass().getName());
    Throwable cause = exception.getCause();
    if (cause != null) {
      EventHeaders.put(headers, EXCEPTION_CAUSE_CLASS, cause.getClass().getName());
    }
    if (exception.getMessage() != null) {
      EventHeaders.put(headers, EXCEPTION_MESSAGE, cut(exception.getMessage(), MAX_MESSAGE));
    }
    StringWriter stackTrace = new StringWriter();
    exception.printStackTrace(new PrintWriter(stackTrace));
    EventHeaders.put(headers, EXCEPTION_STACK_TRACE, cut(stackTrace.toString(), MAX_STACK_TRACE));
  }

  static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  /** Text, or the number in a header that holds one; hex if it is neither. */
  static String display(String name, byte[] value) {
    return switch (name) {
      case ORIGINAL_PARTITION ->
          value.length == Integer.BYTES
              ? Integer.toString(ByteBuffer.wrap(value).getInt())
              : Bytes.hex(value);
      case ORIGINAL_OFFSET, ORIGINAL_TIMESTAMP ->
          value.length == Long.BYTES
              ? Long.toString(ByteBuffer.wrap(value).getLong())
              : Bytes.hex(value);
      default -> Bytes.text(value);
    };
  }

  private static String cut(String text, int limit) {
    // In UTF-8 this is at most three times as many bytes, far below any limit on records.
    return text.length() <= limit ? text : text.substring(0, limit);
  }
}
