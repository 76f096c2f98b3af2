package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Query;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Publishes queries. Thread-safe. */
public final class QueryPublisher implements AutoCloseable {
  private final String topic;
  private final EventEncoder<QueryRequested> encoder;
  private final Producer<byte[], byte[]> producer;

  /**
   * @param ids asked if the Confluent wire format is configured
   */
  public QueryPublisher(MessagingConfig config, SchemaIdResolver ids) {
    this(config, ids, config.topics().queries());
  }

  /**
   * Publishes to another topic than the ordinary one.
   *
   * @param topic one of {@link Topics#consumed}
   */
  public QueryPublisher(MessagingConfig config, SchemaIdResolver ids, String topic) {
    this.topic = topic;
    this.encoder = EventEncoder.of(QueryRequested.class, config.framing(), ids);
    this.producer = new KafkaClients(config).producer();
  }

  /** Publishes a query, see {@link #publish(QueryRequested, Optional)}. */
  public CompletableFuture<Address> publish(Query query) {
    return publish(QueryEvents.toEvent(query), Optional.empty());
  }

  /**
   * Publishes an event. The future completes when all replicas in sync have it, or exceptionally
   * with {@link MessagingException}; its thread is Kafka's and must not be blocked.
   *
   * @param traceparent W3C trace context that the completion will carry
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells the same
  public CompletableFuture<Address> publish(QueryRequested event, Optional<String> traceparent) {
    String queryId = event.getQueryId();
    Headers headers = new RecordHeaders();
    EventHeaders.describe(headers, event, queryId + "/request", queryId, event.getSubmittedAt());
    traceparent.ifPresent(value -> EventHeaders.put(headers, "traceparent", value));
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, queryId.getBytes(UTF_8), encoder.encode(event), headers);
    CompletableFuture<Address> published = new CompletableFuture<>();
    try {
      producer.send(
          record,
          (metadata, error) -> {
            if (error == null) {
              published.complete(
                  new Address(metadata.topic(), metadata.partition(), metadata.offset()));
            } else {
              published.completeExceptionally(failure(queryId, error));
            }
          });
    } catch (KafkaException e) {
      published.completeExceptionally(failure(queryId, e));
    }
    return published;
  }

  private MessagingException failure(String queryId, Exception error) {
    return new MessagingException("query " + queryId + " cannot be published to " + topic, error);
  }

  /** Waits for what is being published, and closes the producer. */
  @Override
  public void close() {
    producer.close();
  }

  /** Where a record is. */
  public record Address(String topic, int partition, long offset) {
    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }
}
