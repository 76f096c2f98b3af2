package dev.heliograph.messaging;

import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for completions. Open it before publishing the queries: it reads what is committed from
 * then on. Not thread-safe.
 */
public final class CompletionReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CompletionReader.class);

  private final EventDecoder<QueryCompletion> decoder;
  private final TopicReader reader;

  /**
   * @throws MessagingException if Kafka or the topic cannot be reached
   */
  public CompletionReader(MessagingConfig config, SchemaIdResolver ids) {
    this.decoder = new EventDecoder<>(QueryCompletion.class, ids);
    this.reader = new TopicReader(new KafkaClients(config), config.topics().completions());
    try {
      reader.seekToEnd();
    } catch (MessagingException e) {
      reader.close();
      throw e;
    }
  }

  /** See {@link #await(Collection, Duration, Consumer)}. */
  public Map<String, QueryCompletion> await(Collection<String> queryIds, Duration timeout) {
    return await(queryIds, timeout, completion -> {});
  }

  /**
   * Waits until each of these queries has a completion. Completions of other queries that pass
   * meanwhile are gone for this reader, so ask for all at once.
   *
   * @param arrived called for each of them, in order of arrival; the first counts if there are more
   * @return by query id, in order of arrival; without those that did not come in time
   * @throws MessagingException if Kafka cannot be read
   */
  public Map<String, QueryCompletion> await(
      Collection<String> queryIds, Duration timeout, Consumer<QueryCompletion> arrived) {
    Set<String> missing = new HashSet<>(queryIds);
    Map<String, QueryCompletion> completions = new LinkedHashMap<>();
    if (!missing.isEmpty()) {
      reader.readUntil(
          System.nanoTime() + timeout.toNanos(),
          record -> {
            decode(record)
                .filter(completion -> missing.remove(completion.getQueryId()))
                .ifPresent(
                    completion -> {
                      completions.put(completion.getQueryId(), completion);
                      arrived.accept(completion);
                    });
            return !missing.isEmpty();
          });
    }
    return completions;
  }

  private Optional<QueryCompletion> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(decoder.decode(record.value() == null ? new byte[0] : record.value()));
    } catch (MalformedEventException e) {
      log.warn(
          "{}-{}@{} is no completion: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
