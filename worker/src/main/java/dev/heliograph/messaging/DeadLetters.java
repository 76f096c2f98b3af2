package dev.heliograph.messaging;

import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The dead-letter topic, for operators: to look at. See {@link Redrive} for more. Thread-safe. */
public final class DeadLetters {
  private final Topics topics;
  private final KafkaClients clients;
  private final EventDecoder<QueryRequested> decoder;

  public DeadLetters(MessagingConfig config, SchemaIdResolver ids) {
    this.topics = config.topics();
    this.clients = new KafkaClients(config);
    this.decoder = new EventDecoder<>(QueryRequested.class, ids);
  }

  /**
   * The dead letters that the filter accepts, oldest first within a partition.
   *
   * @param limit reading ends when so many are found
   * @throws MessagingException if Kafka or the topic cannot be read
   */
  public List<DeadLetter> list(Predicate<DeadLetter> filter, int limit) {
    List<DeadLetter> found = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients, topics.deadLetters())) {
      reader.readAll(
          record -> {
            DeadLetter letter = read(record);
            if (filter.test(letter)) {
              found.add(letter);
            }
            return found.size() < limit;
          });
    }
    return found;
  }

  /**
   * The dead letter at this place of the dead-letter topic, if there is one.
   *
   * @throws MessagingException if Kafka or the topic cannot be read
   */
  public Optional<DeadLetter> find(int partition, long offset) {
    try (TopicReader reader = new TopicReader(clients, topics.deadLetters())) {
      return reader.find(partition, offset).map(this::read);
    }
  }

  /** Makes a dead letter of a record of its topic. */
  DeadLetter read(ConsumerRecord<byte[], byte[]> record) {
    List<DeadLetter.Header> headers =
        StreamSupport.stream(record.headers().spliterator(), false)
            .map(header -> header(header.key(), header.value()))
            .toList();
    return new DeadLetter(
        record.partition(),
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        headers,
        record.key(),
        record.value(),
        decode(record.value()));
  }

  private static DeadLetter.Header header(String name, byte @Nullable [] value) {
    return new DeadLetter.Header(
        name, value == null ? "" : DeadLetterHeaders.display(name, value), value);
  }

  private Optional<QueryRequested> decode(byte @Nullable [] value) {
    try {
      return Optional.of(decoder.decode(value == null ? new byte[0] : value));
    } catch (MalformedEventException e) {
      return Optional.empty();
    }
  }
}
