package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.audit.LogEntry;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What auditors look up in Kafka, as long as it is kept there: the records of a query, and the
 * query that a record names. Thread-safe.
 */
public final class AttestationFinder {
  private final MessagingConfig config;
  private final SchemaIdResolver ids;

  public AttestationFinder(MessagingConfig config, SchemaIdResolver ids) {
    this.config = config;
    this.ids = ids;
  }

  /**
   * The records of a query, oldest first; reads the whole topic.
   *
   * @throws MessagingException if Kafka or the topic cannot be read
   */
  public List<LogEntry> find(String queryId) {
    byte[] key = queryId.getBytes(UTF_8);
    List<LogEntry> found = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(new KafkaClients(config), config.topics().attestations())) {
      reader.readAll(
          event -> {
            if (java.util.Arrays.equals(key, event.key())) {
              AttestationEntry.of(event).filter(e -> !found.contains(e)).ifPresent(found::add);
            }
            return true;
          });
    }
    return found;
  }

  /**
   * The query at a place of a topic, if it is still there.
   *
   * @throws MessagingException if Kafka or the topic cannot be read
   */
  public Optional<Query> query(String topic, int partition, long offset) {
    EventDecoder<QueryRequested> decoder = new EventDecoder<>(QueryRequested.class, ids);
    try (TopicReader reader = new TopicReader(new KafkaClients(config), topic)) {
      return reader
          .find(partition, offset)
          .flatMap(
              event -> {
                try {
                  return Optional.of(
                      QueryEvents.toQuery(
                          decoder.decode(event.value() == null ? new byte[0] : event.value())));
                } catch (MalformedEventException | dev.heliograph.query.QueryFailedException e) {
                  return Optional.empty();
                }
              });
    }
  }
}
