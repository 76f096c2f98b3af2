package dev.heliograph.app.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.MessagingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the topic of completions holds, as readers see it that read what is committed. Reads on
 * through failures of the broker. Not thread-safe.
 */
final class CompletionLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final EventDecoder<QueryCompletion> decoder =
      new EventDecoder<>(QueryCompletion.class, SchemaIdResolver.none());
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Map<String, List<Entry>> byQuery = new LinkedHashMap<>();
  private int size;

  /** A completion, and the id that duplicates share. */
  record Entry(String ceId, QueryCompletion event) {}

  CompletionLog(MessagingConfig messaging) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", messaging.bootstrapServers());
    config.put("isolation.level", "read_committed");
    config.put("auto.offset.reset", "earliest");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    this.consumer = new KafkaConsumer<>(config, bytes, bytes);
    this.partitions =
        consumer.partitionsFor(messaging.topics().completions()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
  }

  /** Reads what has come; waits a moment if that is nothing. */
  void poll() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      Entry entry = entry(record);
      byQuery.computeIfAbsent(entry.event().getQueryId(), id -> new ArrayList<>()).add(entry);
      size++;
    }
  }

  /** Reads to the end as it is now: writers must have stopped, or be done with it. */
  void readToEnd() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      poll();
    }
  }

  /** Queries that have a completion. */
  int answered() {
    return byQuery.size();
  }

  /** Whether this worker has answered one of the queries whose ids begin so. */
  boolean hasAnswerOf(String worker, String prefix) {
    return byQuery.entrySet().stream()
        .filter(query -> query.getKey().startsWith(prefix))
        .flatMap(query -> query.getValue().stream())
        .map(entry -> entry.event().getProvenance())
        .anyMatch(provenance -> provenance != null && provenance.getWorker().equals(worker));
  }

  /** Completions, duplicates included. */
  int size() {
    return size;
  }

  Map<String, List<Entry>> byQuery() {
    return byQuery;
  }

  /** Every completion. */
  List<QueryCompletion> all() {
    return byQuery.values().stream().flatMap(List::stream).map(Entry::event).toList();
  }

  /** The completions, the first of each query. */
  List<QueryCompletion> first() {
    return byQuery.values().stream().map(entries -> entries.get(0).event()).toList();
  }

  private Entry entry(ConsumerRecord<byte[], byte[]> record) {
    try {
      return new Entry(
          new String(record.headers().lastHeader("ce_id").value(), UTF_8),
          decoder.decode(record.value()));
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
