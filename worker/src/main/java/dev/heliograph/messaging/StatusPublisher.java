package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.events.QueryState;
import dev.heliograph.events.QueryStatus;
import dev.heliograph.events.RankedName;
import dev.heliograph.events.codec.EventClasses;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Failure;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes how far queries are, one after the other on a thread of its own: in order per query, at
 * most once, and without ever holding a query up. While Kafka is slow a bounded number waits; what
 * comes then is dropped and counted. {@code offered = published + dropped + waiting}, once nothing
 * is on its way. Thread-safe.
 */
public final class StatusPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusPublisher.class);
  private static final int MAX_WAITING = 4096;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  static {
    EventClasses.trust();
  }

  private final String topic;
  private final String worker;
  private final EventEncoder<QueryStatus> encoder;
  private final Producer<byte[], byte[]> producer;
  private final Clock clock;
  private final BlockingQueue<QueryStatus> waiting;
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param topic should be compacted: the last status of a query counts
   * @param ids asked if the Confluent wire format is configured
   */
  public StatusPublisher(MessagingConfig config, String topic, SchemaIdResolver ids, Clock clock) {
    this(
        config,
        topic,
        EventEncoder.of(QueryStatus.class, config.framing(), ids),
        new KafkaClients(config).statusProducer(),
        clock,
        MAX_WAITING);
  }

  StatusPublisher(
      MessagingConfig config,
      String topic,
      EventEncoder<QueryStatus> encoder,
      Producer<byte[], byte[]> producer,
      Clock clock,
      int maxWaiting) {
    this.topic = topic;
    this.worker = config.worker();
    this.encoder = encoder;
    this.producer = producer;
    this.clock = clock;
    this.waiting = new ArrayBlockingQueue<>(maxWaiting);
    this.thread = new Thread(this::run, "heliograph-status");
    thread.setDaemon(true);
    thread.start();
  }

  /** This worker has the query. */
  public void accepted(QueryHeader query) {
    offer(query.queryId(), QueryState.ACCEPTED, clock.instant(), List.of(), Optional.empty());
  }

  /** Its reference is being read. */
  public void started(QueryHeader query) {
    offer(query.queryId(), QueryState.STARTED, clock.instant(), List.of(), Optional.empty());
  }

  /** Its results are known, their maps are not. */
  public void ranked(QueryHeader query, List<RankedImage> ranking) {
    offer(query.queryId(), QueryState.RANKED, clock.instant(), ranking, Optional.empty());
  }

  /** Its outcome is known and about to be published. */
  public void ended(QueryOutcome outcome) {
    String queryId = outcome.header().queryId();
    Instant at = outcome.completedAt();
    if (outcome instanceof QueryOutcome.Completed completed) {
      List<RankedImage> ranking = completed.answer().results();
      offer(queryId, QueryState.COMPLETED, at, ranking, Optional.empty());
    } else if (outcome instanceof QueryOutcome.Failed failed) {
      offer(queryId, QueryState.FAILED, at, List.of(), Optional.of(failed.failure()));
    } else if (outcome instanceof QueryOutcome.Expired expired) {
      offer(queryId, QueryState.EXPIRED, at, List.of(), Optional.of(expired.failure()));
    } else if (outcome instanceof QueryOutcome.Cancelled cancelled) {
      offer(queryId, QueryState.CANCELLED, at, List.of(), Optional.of(cancelled.failure()));
    } else {
      throw new AssertionError(outcome);
    }
  }

  private void offer(
      String queryId,
      QueryState state,
      Instant at,
      List<RankedImage> ranking,
      Optional<Failure> failure) {
    QueryStatus status =
        QueryStatus.newBuilder()
            .setQueryId(queryId)
            .setState(state)
            .setAt(at)
            .setWorker(worker)
            .setRanking(
                ranking.stream()
                    .map(r -> new RankedName(r.rank(), r.imageName(), r.similarity()))
                    .toList())
            .setFailureCode(failure.map(f -> f.code().name()).orElse(null))
            .build();
    offered.incrementAndGet();
    if (closed || !waiting.offer(status)) {
      dropped.incrementAndGet();
    }
  }

  private void run() {
    try {
      while (!closed || !waiting.isEmpty()) {
        QueryStatus status = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (status != null) {
          send(status);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells the same
  private void send(QueryStatus status) {
    try {
      producer.send(
          record(status),
          (metadata, error) -> {
            if (error == null) {
              published.incrementAndGet();
            } else {
              drop(status, error);
            }
          });
    } catch (InterruptException e) {
      dropped.incrementAndGet();
      throw e;
    } catch (KafkaException e) {
      drop(status, e);
    }
  }

  private void drop(QueryStatus status, Exception error) {
    // The first one is worth a line; the counter tells the rest.
    if (dropped.getAndIncrement() == 0) {
      log.warn(
          "A status of query {} cannot be published to {}: {}",
          status.getQueryId(),
          topic,
          error.toString());
    }
  }

  private ProducerRecord<byte[], byte[]> record(QueryStatus status) {
    String queryId = status.getQueryId();
    String id = queryId + "/status/" + status.getState().name().toLowerCase(Locale.ROOT);
    Headers headers = new RecordHeaders();
    EventHeaders.describe(headers, status, id, queryId, status.getAt());
    return new ProducerRecord<>(
        topic, null, queryId.getBytes(UTF_8), encoder.encode(status), headers);
  }

  /** Statuses that there were to tell. */
  public long offered() {
    return offered.get();
  }

  /** Statuses that Kafka has. */
  public long published() {
    return published.get();
  }

  /** Statuses that nobody will see: Kafka was too slow, or refused them. */
  public long dropped() {
    return dropped.get();
  }

  /** Statuses that wait to be sent. */
  public int waiting() {
    return waiting.size();
  }

  /** Waits a little for what is on its way; what is left then is dropped. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(CLOSING.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(CLOSING);
    while (waiting.poll() != null) {
      dropped.incrementAndGet();
    }
  }
}
