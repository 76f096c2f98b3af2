package dev.heliograph.messaging;

import dev.heliograph.messaging.Ledger.Entry;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's loop, transactional: polls queries, hands them to the answerer, and publishes what
 * is finished, with the offsets, in one transaction per turn. Polling never waits for an answer, so
 * that long work does not look like a dead worker; when enough is in flight, consumption pauses and
 * polling goes on.
 *
 * <p>Exactly once, for readers that read committed: a query's completion and its offset become
 * visible together. When a partition goes to another worker, what is finished is published first
 * and the rest cancelled; its late results are ignored. A worker that was taken for dead and comes
 * back cannot publish: the broker checks the consumer's member id and generation with the offsets
 * (KIP-447), refuses those of a former member, and so the transaction fails. Hence the
 * transactional id need not be bound to a partition. It is unique to this instance; what a killed
 * one left open, the broker aborts after the transaction timeout.
 */
final class TransactionalLoop implements DeliveryLoop {
  private static final Logger log = LoggerFactory.getLogger(TransactionalLoop.class);

  private final MessagingConfig config;
  private final RecordAnswerer answerer;
  private final DeliveryListener listener;
  private final Clock clock;

  private final Consumer<byte[], byte[]> consumer;
  private final TransactionWriter writer;
  private final TransactionalPublisher publisher;
  private final Ledger ledger = new Ledger();
  private final Lanes lanes;
  private final DeliveryCounters counters = new DeliveryCounters();

  /** Of partitions whose next record has a schema that the registry does not tell now. */
  private final Map<TopicPartition, Backoff> registryBackoffs = new HashMap<>();

  private boolean paused;
  private boolean broken;
  private volatile boolean stopping;
  private volatile boolean hurrying;
  private volatile @Nullable Throwable answererError;
  private volatile DeliveryProgress progress;

  TransactionalLoop(
      MessagingConfig config,
      KafkaClients clients,
      RecordAnswerer answerer,
      DeliveryListener listener,
      Clock clock) {
    this.config = config;
    this.answerer = answerer;
    this.listener = listener;
    this.clock = clock;
    this.lanes = new Lanes(config, ledger);
    this.progress = DeliveryProgress.none(clock.instant());
    String transactionalId = config.transactionalIdPrefix() + "-" + UUID.randomUUID();
    this.writer =
        new TransactionWriter(
            () -> clients.transactionalProducer(transactionalId), config.transactionTimeout());
    this.consumer = clients.groupConsumer();
    this.publisher = new TransactionalPublisher(consumer, writer, ledger, counters, answerer);
  }

  @Override
  public void run() throws TransactionFailedException {
    // Closed from right to left: leaving the group publishes what is finished, so it comes first.
    try (writer;
        consumer) {
      try {
        publisher.recover();
        consumer.subscribe(config.topics().consumed(), new Rebalance());
        while (!stopping) {
          turn();
        }
        drain();
      } catch (Throwable e) {
        broken = true;
        throw e;
      }
    } finally {
      forget(ledger.partitions());
      report();
    }
  }

  /** One turn: take up new queries, publish finished ones. */
  private void turn() {
    throttle();
    ConsumerRecords<byte[], byte[]> records = consumer.poll(config.pollTimeout());
    lanes.polled(interactiveCameOrWaits(records));
    for (TopicPartition partition : records.partitions()) {
      takeUp(partition, records.records(partition));
    }
    publisher.publishUnlessWaiting();
    report();
    if (answererError != null) {
      throw new IllegalStateException("the answerer's thread ended in an error", answererError);
    }
  }

  /**
   * A poll may bring batch queries that were fetched before, while more interactive ones lie at the
   * broker: so it is asked how far behind their end we are, as far as the last fetch told it.
   */
  private boolean interactiveCameOrWaits(ConsumerRecords<byte[], byte[]> records) {
    return records.partitions().stream().anyMatch(each -> lanes.isInteractive(each.topic()))
        || consumer.assignment().stream()
            .filter(each -> lanes.isInteractive(each.topic()))
            .filter(each -> !registryBackoffs.containsKey(each))
            .anyMatch(this::isBehind);
  }

  /**
   * Whether records lie at the broker. With the group protocol consumer, a thread of the consumer's
   * may have given the partition up since it was listed: then they are another worker's.
   */
  private boolean isBehind(TopicPartition partition) {
    try {
      return consumer.currentLag(partition).orElse(0) > 0;
    } catch (IllegalStateException notAssigned) {
      return false;
    }
  }

  /**
   * Pauses each topic unless there is room for all that one more poll can bring. What the consumer
   * gave up since it was listed, see {@link #isBehind}, must not keep the rest from being paused.
   */
  private void throttle() {
    paused = stopping || lanes.isFull();
    Set<TopicPartition> listed = Set.copyOf(consumer.assignment());
    List<TopicPartition> closed = closed(listed);
    Set<TopicPartition> reopened = new HashSet<>(consumer.paused());
    reopened.retainAll(listed);
    closed.forEach(reopened::remove);
    try {
      consumer.pause(closed);
      consumer.resume(reopened);
    } catch (IllegalStateException notAssigned) {
      if (consumer.assignment().containsAll(listed)) {
        throw notAssigned;
      }
      throttle();
    }
  }

  private List<TopicPartition> closed(Collection<TopicPartition> of) {
    return of.stream()
        .filter(
            partition ->
                stopping || !lanes.isOpen(partition.topic()) || isWaitingForRegistry(partition))
        .toList();
  }

  private boolean isWaitingForRegistry(TopicPartition partition) {
    Backoff backoff = registryBackoffs.get(partition);
    return backoff != null && backoff.isWaiting();
  }

  private void takeUp(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (ledger.skipIfPublished(record)) {
        counters.received();
        counters.duplicate();
        continue;
      }
      CompletableFuture<Publication> answer;
      try {
        answer = answerer.answer(record);
      } catch (UncheckedIOException e) {
        log.warn("{} waits at offset {}: {}", partition, record.offset(), e.getMessage());
        retryFrom(partition, record.offset());
        return;
      }
      registryBackoffs.remove(partition);
      Entry entry = ledger.add(record, answer);
      counters.received();
      answer.thenAccept(entry::finish).exceptionally(error -> unanswered(entry, error));
    }
  }

  /** Has the rest of a partition come again later, unless it is gone, see {@link #isBehind}. */
  private void retryFrom(TopicPartition partition, long offset) {
    try {
      consumer.seek(partition, offset);
    } catch (IllegalStateException notAssigned) {
      if (consumer.assignment().contains(partition)) {
        throw notAssigned;
      }
      return;
    }
    registryBackoffs.computeIfAbsent(partition, unknown -> registryBackoff()).failed();
  }

  private static Backoff registryBackoff() {
    return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  }

  /**
   * Of an entry that was not dropped this is only an Error, or the answerer's end: RecordAnswerer
   * makes a failed query of everything else.
   */
  private @Nullable Void unanswered(Entry entry, Throwable error) {
    if (!entry.isDropped()) {
      answererError = error;
    }
    return null;
  }

  /**
   * After {@link #stop}: nothing new is taken up, and what is in flight gets its time to finish.
   */
  private void drain() {
    long deadline = System.nanoTime() + config.shutdownTimeout().toNanos();
    while (ledger.size() > 0 && !hurrying && System.nanoTime() - deadline < 0) {
      turn();
    }
    if (ledger.size() > 0) {
      log.warn("{} queries are left to other workers: there was no more time", ledger.size());
    }
  }

  private void forget(Collection<TopicPartition> partitions) {
    partitions.forEach(registryBackoffs::remove);
    counters.abandoned(ledger.drop(partitions));
  }

  private void report() {
    progress = counters.progress(clock.instant(), paused, ledger.size(), ledger.bytes());
    listener.progressed(progress);
  }

  @Override
  public void stop() {
    stopping = true;
  }

  @Override
  public void hurry() {
    hurrying = true;
  }

  @Override
  public DeliveryProgress progress() {
    return progress;
  }

  /** Called by the consumer inside of poll and close, on the loop thread. */
  private final class Rebalance implements ConsumerRebalanceListener {
    /** While a transaction of the group is undecided, the broker does not tell the offsets. */
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      forget(assigned);
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(assigned));
      for (TopicPartition partition : assigned) {
        OffsetAndMetadata offset = committed.get(partition);
        ledger.assign(
            partition, offset == null ? PublishedAhead.nothing(0) : PublishedAhead.of(offset));
      }
      consumer.pause(closed(assigned));
    }

    /** Still a member: the last moment at which finished queries can be published. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      if (!broken) {
        publisher.publish(revoked);
      }
      forget(revoked);
    }

    /** No longer a member: another worker may have answered already. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      forget(lost);
    }
  }
}
