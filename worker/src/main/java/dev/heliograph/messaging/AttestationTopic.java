package dev.heliograph.messaging;

import dev.heliograph.audit.LogEntry;
import dev.heliograph.audit.PendingRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of records as a sealer reads it: by a consumer group whose offsets are committed only
 * when their records are sealed. While a batch waits nothing more is read, so a rebalance never
 * meets half a batch; one that outlives the group's patience comes again, and is found sealed. Not
 * thread-safe.
 */
public final class AttestationTopic implements PendingRecords, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AttestationTopic.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Sealed within seconds even by a distant store: the group waits five minutes. */
  private static final int MAX_BATCH = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final List<LogEntry> waiting = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> after = new HashMap<>();
  private long passedOver;

  /**
   * @param group of the sealers, not that of the workers
   */
  public AttestationTopic(MessagingConfig config, String group) {
    this.consumer = new KafkaClients(config).groupConsumer(group, MAX_BATCH);
    consumer.subscribe(List.of(config.topics().attestations()));
  }

  /** {@inheritDoc} A batch has at most 500 records, whatever the limit; asks Kafka for 0.2 s. */
  @Override
  public List<LogEntry> next(int limit) throws IOException {
    if (waiting.isEmpty()) {
      try {
        consumer.poll(POLL).forEach(this::take);
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        throw new IOException("the topic of records cannot be read: " + e.getMessage(), e);
      }
    }
    return List.copyOf(waiting.subList(0, Math.min(limit, waiting.size())));
  }

  private void take(ConsumerRecord<byte[], byte[]> event) {
    AttestationEntry.of(event).ifPresentOrElse(waiting::add, () -> passedOver++);
    after.put(
        new TopicPartition(event.topic(), event.partition()),
        new OffsetAndMetadata(event.offset() + 1));
  }

  @Override
  public void sealed(List<LogEntry> records) {
    waiting.subList(0, records.size()).clear();
    if (waiting.isEmpty()) {
      try {
        consumer.commitSync(after);
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        log.warn("sealed records will be read once more: {}", e.toString());
      }
      after.clear();
    }
  }

  /** Events that said of no record where it is. */
  public long passedOver() {
    return passedOver;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
