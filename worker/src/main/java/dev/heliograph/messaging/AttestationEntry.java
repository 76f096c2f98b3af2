package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.audit.LogEntry;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads records' events, as far as a log needs them. */
final class AttestationEntry {
  private static final Logger log = LoggerFactory.getLogger(AttestationEntry.class);

  private AttestationEntry() {}

  /** Empty, with a line in the log, if the event does not say which record it is. */
  static Optional<LogEntry> of(ConsumerRecord<byte[], byte[]> event) {
    try {
      String queryId = new String(required(event.key(), "key"), UTF_8);
      URI uri = new URI(header(event, AttestationEvents.DATA_REFERENCE));
      return Optional.of(
          event.value() == null
              ? new LogEntry(queryId, uri, header(event, AttestationEvents.SHA256))
              : LogEntry.of(queryId, uri, event.value()));
    } catch (URISyntaxException | IllegalArgumentException e) {
      log.error(
          "{}-{}@{} is passed over, no record's event: {}",
          event.topic(),
          event.partition(),
          event.offset(),
          e.getMessage());
      return Optional.empty();
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> event, String name) {
    Header header = event.headers().lastHeader(name);
    return new String(required(header == null ? null : header.value(), name), UTF_8);
  }

  private static byte[] required(byte @org.jspecify.annotations.Nullable [] value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return value;
  }
}
