package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.events.CancellationRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Publishes cancellations. Thread-safe. */
public final class CancellationPublisher implements AutoCloseable {
  private final String topic;
  private final EventEncoder<CancellationRequested> encoder;
  private final Producer<byte[], byte[]> producer;

  /**
   * @param ids asked if the Confluent wire format is configured
   */
  public CancellationPublisher(MessagingConfig config, String topic, SchemaIdResolver ids) {
    this.topic = topic;
    this.encoder = EventEncoder.of(CancellationRequested.class, config.framing(), ids);
    this.producer = new KafkaClients(config).producer();
  }

  /**
   * Returns when all replicas in sync have them.
   *
   * @throws MessagingException if one cannot be published; others may be
   */
  public void publish(List<Cancellation> cancellations) {
    try {
      List<Future<?>> sent = new ArrayList<>();
      for (Cancellation cancellation : cancellations) {
        sent.add(producer.send(record(cancellation)));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    } catch (KafkaException e) {
      throw failure(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(e);
    }
  }

  private ProducerRecord<byte[], byte[]> record(Cancellation cancellation) {
    String queryId = cancellation.queryId();
    CancellationRequested event = CancellationEvents.toEvent(cancellation);
    Headers headers = new RecordHeaders();
    EventHeaders.describe(
        headers, event, queryId + "/cancellation", queryId, cancellation.requestedAt());
    return new ProducerRecord<>(
        topic, null, queryId.getBytes(UTF_8), encoder.encode(event), headers);
  }

  private MessagingException failure(Throwable cause) {
    return new MessagingException("cancellations cannot be published to " + topic, cause);
  }

  @Override
  public void close() {
    producer.close();
  }
}
