package dev.heliograph.messaging;

import dev.heliograph.events.CancellationRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Cancellation;
import dev.heliograph.query.QueryFailedException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of cancellations, all of its partitions, outside of any group: each worker
 * hears of each cancellation, since any of them may hold the query. Runs on a thread of its own
 * from {@link #start} until it is closed. Cancelling is a courtesy: while the topic is missing,
 * forbidden or out of reach, queries are answered as if there was none, and the reader tries again.
 */
public final class CancellationReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CancellationReader.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** Between attempts, and between looks for a topic or partitions that were added. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final String topic;
  private final EventDecoder<CancellationRequested> decoder;
  private final java.util.function.Consumer<Cancellation> sink;
  private final Instant from;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch caughtUp = new CountDownLatch(1);

  /** Where to go on after a failure. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private volatile @Nullable Consumer<byte[], byte[]> consumer;
  private String lastFailure = "";

  private CancellationReader(
      MessagingConfig config,
      String topic,
      SchemaIdResolver ids,
      java.util.function.Consumer<Cancellation> sink,
      Instant from) {
    this.clients = new KafkaClients(config);
    this.topic = topic;
    this.decoder = new EventDecoder<>(CancellationRequested.class, ids);
    this.sink = sink;
    this.from = from;
    this.thread = new Thread(this::run, "heliograph-cancellations");
    thread.setDaemon(true);
  }

  /**
   * Starts to read.
   *
   * @param window how old a cancellation may be that is still read at the start
   * @param sink called on the reader's thread, in each partition's order
   */
  public static CancellationReader start(
      MessagingConfig config,
      String topic,
      Duration window,
      SchemaIdResolver ids,
      java.util.function.Consumer<Cancellation> sink,
      Clock clock) {
    Instant from = clock.instant().minus(window);
    CancellationReader reader = new CancellationReader(config, topic, ids, sink, from);
    reader.thread.start();
    return reader;
  }

  /**
   * Waits until what was in the topic at the start has been read, so that a query whose
   * cancellation came first is not begun.
   *
   * @return false if that takes longer than the patience
   */
  public boolean awaitCaughtUp(Duration patience) {
    try {
      return caughtUp.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    while (closed.getCount() > 0) {
      try (Consumer<byte[], byte[]> opened = clients.reader()) {
        consumer = opened;
        follow(opened);
      } catch (WakeupException | InterruptException e) {
        return; // closed
      } catch (KafkaException | UncheckedIOException e) {
        complain(e.toString());
      } finally {
        consumer = null;
      }
      pause();
    }
  }

  private void follow(Consumer<byte[], byte[]> reader) {
    Map<TopicPartition, Long> ends = Map.of();
    long lookedAt = System.nanoTime() - PAUSE.toNanos();
    while (closed.getCount() > 0) {
      if (System.nanoTime() - lookedAt >= PAUSE.toNanos()) {
        assign(reader);
        lookedAt = System.nanoTime();
        ends = caughtUp.getCount() > 0 ? reader.endOffsets(reader.assignment()) : Map.of();
      }
      if (ends.entrySet().stream().allMatch(e -> reader.position(e.getKey()) >= e.getValue())) {
        caughtUp.countDown();
      }
      if (reader.assignment().isEmpty()) {
        pause();
        continue;
      }
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        accept(record);
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
      }
    }
  }

  /** Also finds a topic, or partitions of it, that were not there before. */
  private void assign(Consumer<byte[], byte[]> reader) {
    List<TopicPartition> partitions =
        reader.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    if (partitions.isEmpty()) {
      complain("it does not exist");
    }
    if (partitions.size() == reader.assignment().size()) {
      return;
    }
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.stream()
        .filter(partition -> !next.containsKey(partition))
        .forEach(partition -> times.put(partition, from.toEpochMilli()));
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
        reader.offsetsForTimes(times).entrySet()) {
      next.put(
          found.getKey(),
          found.getValue() == null
              ? reader.endOffsets(List.of(found.getKey())).get(found.getKey())
              : Long.valueOf(found.getValue().offset()));
    }
    reader.assign(partitions);
    partitions.forEach(partition -> reader.seek(partition, next.get(partition)));
    log.info("Reading cancellations of {} partitions of {}", partitions.size(), topic);
    lastFailure = "";
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    try {
      byte[] value = record.value() == null ? new byte[0] : record.value();
      sink.accept(CancellationEvents.toCancellation(decoder.decode(value)));
    } catch (MalformedEventException | QueryFailedException e) {
      log.warn(
          "{}-{}@{} is no cancellation: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  /** Once per reason, not once per attempt. */
  private void complain(String reason) {
    if (!reason.equals(lastFailure)) {
      log.warn("Topic {} cannot be read, queries cannot be cancelled now: {}", topic, reason);
      lastFailure = reason;
    }
  }

  private void pause() {
    try {
      var unused = closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Consumer<byte[], byte[]> open = consumer;
    if (open != null) {
      open.wakeup();
    }
    try {
      thread.join(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
