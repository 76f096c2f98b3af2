package dev.heliograph.messaging;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryOutcome;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's loop on a share group (KIP-932): takes queries from any partition, hands them to the
 * answerer, publishes each as soon as it is finished, and then acknowledges it. The broker locks a
 * record for the worker that holds it; the lock is renewed while work lasts, and whoever dies loses
 * it, so that another worker takes the record up.
 *
 * <p>At least once: a completion, and its dead letter if there is one, is on all replicas in sync
 * before its query is acknowledged. A query that failed for no reason of its own is released for
 * another delivery. The last delivery that the broker permits is kept for saying so: a record that
 * comes for the last time is not tried again but fails, with a dead letter, since a worker that
 * died with it would leave nothing behind.
 *
 * <p>Several share consumers, because each fetches anew only when all that it holds is settled: a
 * slow query holds up the few records that came with it, and nobody else's.
 */
final class QueueLoop implements DeliveryLoop, QueueConsumer.Listener {
  private static final Logger log = LoggerFactory.getLogger(QueueLoop.class);

  /** How long a record that the broker has sent may lie unnoticed. */
  private static final Duration TURN = Duration.ofMillis(10);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** As in transactional delivery: then a fresh start is better. */
  private static final int MAX_FAILURES = 8;

  private static final int REMEMBERED = 10_000;

  private final MessagingConfig config;
  private final KafkaClients clients;
  private final RecordAnswerer answerer;
  private final DeliveryListener listener;
  private final Clock clock;

  private final List<QueueConsumer> consumers = new ArrayList<>();
  private final Set<QueueEntry> inFlight = new LinkedHashSet<>();
  private final PublishedRecords published = new PublishedRecords(REMEMBERED);
  private final DeliveryCounters counters = new DeliveryCounters();
  private final Backoff publishBackoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  private final Backoff answerBackoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  private final Semaphore news = new Semaphore(0);

  private @Nullable Producer<byte[], byte[]> producer;
  private int lastDelivery;
  private long bytes;
  private int failures;
  private volatile boolean stopping;
  private volatile boolean hurrying;
  private volatile @Nullable Throwable answererError;
  private volatile DeliveryProgress progress;

  QueueLoop(
      MessagingConfig config,
      KafkaClients clients,
      RecordAnswerer answerer,
      DeliveryListener listener,
      Clock clock) {
    this.config = config;
    this.clients = clients;
    this.answerer = answerer;
    this.listener = listener;
    this.clock = clock;
    this.progress = DeliveryProgress.none(clock.instant());
  }

  @Override
  public void run() throws InterruptedException {
    try (Producer<byte[], byte[]> opened = clients.queueProducer()) {
      producer = opened;
      lastDelivery = ShareGroup.prepare(config, clients);
      for (int i = 0; i < config.shareConsumers(); i++) {
        consumers.add(new QueueConsumer(clients.shareConsumer(), topic(i), this));
      }
      while (!stopping) {
        turn();
      }
      drain();
    } finally {
      try {
        close(List.copyOf(consumers), CLOSE_TIMEOUT);
      } finally {
        abandonAll();
        report();
      }
    }
  }

  /**
   * Of the consumers, the first are the interactive lane's, if there is one. The shares are fixed,
   * because a consumer of both topics cannot be told which to ask first.
   */
  private String topic(int consumer) {
    return config
        .topics()
        .interactive()
        .filter(topic -> consumer < config.interactiveShareConsumers())
        .orElse(config.topics().queries());
  }

  /** One turn: take up new queries, publish finished ones, acknowledge published ones. */
  private void turn() throws InterruptedException {
    if (!stopping) {
      for (QueueConsumer consumer : consumers) {
        consumer.take(!isFull()).forEach(this::receive);
      }
    }
    for (QueueEntry entry : List.copyOf(inFlight)) {
      advance(entry);
    }
    consumers.forEach(QueueConsumer::acknowledge);
    report();
    if (answererError != null) {
      throw new IllegalStateException("the answerer's thread ended in an error", answererError);
    }
    awaitNews();
  }

  private boolean isFull() {
    return stopping
        || bytes >= config.maxInFlightBytes()
        || inFlight.size() >= consumers.size() * config.shareConsumerRecords();
  }

  /** Until a query is finished or published, or new records may be there. */
  private void awaitNews() throws InterruptedException {
    if (news.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
  }

  private void receive(QueueEntry entry) {
    counters.received();
    if (published.contains(entry.address())) {
      counters.duplicate();
      entry.accept();
      return;
    }
    inFlight.add(entry);
    bytes += entry.bytes();
  }

  private void advance(QueueEntry entry) {
    if (entry.isTaken() && !answerBackoff.isWaiting()) {
      answer(entry);
    }
    entry.finished().ifPresent(publication -> finished(entry, publication));
    entry.ended().ifPresent(attempt -> published(entry, attempt));
  }

  private void answer(QueueEntry entry) {
    CompletableFuture<Publication> answer;
    try {
      answer =
          entry.deliveries() < lastDelivery
              ? answerer.answer(entry.record())
              : answerer.giveUp(entry.record(), entry.deliveries());
      answerBackoff.succeeded();
    } catch (UncheckedIOException e) {
      log.warn("{} waits: {}", entry.address(), e.getMessage());
      answerBackoff.failed();
      return;
    }
    entry.answering(answer);
    answer
        .thenAccept(
            publication -> {
              entry.finish(publication);
              news.release();
            })
        .exceptionally(error -> unanswered(entry, error));
  }

  /**
   * Of an entry that was not dropped this is only an Error, or the answerer's end: RecordAnswerer
   * makes a failed query of everything else.
   */
  private @Nullable Void unanswered(QueueEntry entry, Throwable error) {
    if (!entry.isDropped()) {
      answererError = error;
      news.release();
    }
    return null;
  }

  private void finished(QueueEntry entry, Publication publication) {
    if (entry.deliveries() < lastDelivery - 1 && mayMend(publication)) {
      counters.released();
      entry.release();
      remove(entry);
    } else if (!publishBackoff.isWaiting()) {
      entry.publishing(
          PublishAttempt.start(requireProducer(), entry.unpublished(), () -> news.release()));
    }
  }

  /** Whether another delivery may end better; a bug is the same everywhere. */
  private static boolean mayMend(Publication publication) {
    Optional<FailureCode> code =
        publication
            .outcome()
            .filter(QueryOutcome.Failed.class::isInstance)
            .map(outcome -> ((QueryOutcome.Failed) outcome).failure().code());
    return code.filter(c -> c.isTransient() && c != FailureCode.INTERNAL).isPresent();
  }

  private void published(QueueEntry entry, PublishAttempt attempt) {
    Exception failure = attempt.failure();
    if (failure == null) {
      counters.published(entry.publication());
      published.add(entry.address());
      entry.accept();
      remove(entry);
      publishBackoff.succeeded();
      failures = 0;
      return;
    }
    log.warn("{} cannot be published: {}", entry.address(), failure.toString());
    counters.aborted();
    if (!attempt.tooLarge().isEmpty()) {
      entry.publishAgain(
          answerer.smaller(entry.record(), entry.publication(), attempt.tooLarge()),
          attempt.published());
      return;
    }
    entry.publishAgain(entry.publication(), attempt.published());
    publishBackoff.failed();
    if (++failures >= MAX_FAILURES) {
      throw new IllegalStateException(
          MAX_FAILURES + " publications failed one after the other", failure);
    }
  }

  @Override
  public void accepted(QueueEntry entry) {
    published.remove(entry.address());
  }

  @Override
  public void renewed(QueueEntry entry) {
    counters.renewed();
  }

  /** What is being published meanwhile is remembered when it is: then it need not be computed. */
  @Override
  public void lost(QueueEntry entry) {
    if (!entry.isPublishing() && remove(entry)) {
      counters.abandoned(1);
      entry.drop();
    }
  }

  private boolean remove(QueueEntry entry) {
    boolean present = inFlight.remove(entry);
    if (present) {
      bytes -= entry.bytes();
    }
    return present;
  }

  /**
   * After {@link #stop}: nothing new is taken up, what is in flight gets its time to finish, and
   * the rest is released.
   */
  private void drain() throws InterruptedException {
    close(consumers.stream().filter(consumer -> consumer.held().isEmpty()).toList(), CLOSE_TIMEOUT);
    long deadline = System.nanoTime() + config.shutdownTimeout().toNanos();
    while (!inFlight.isEmpty() && !hurrying && System.nanoTime() - deadline < 0) {
      turn();
    }
    if (!inFlight.isEmpty()) {
      log.warn("{} queries are released: there was no more time", inFlight.size());
    }
    for (QueueEntry entry : List.copyOf(inFlight)) {
      if (!entry.isPublishing()) {
        counters.released();
        entry.release();
        remove(entry);
        entry.drop();
      }
    }
    long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    while (isHolding() && System.nanoTime() - end < 0) {
      turn();
    }
  }

  private boolean isHolding() {
    return consumers.stream().anyMatch(consumer -> !consumer.held().isEmpty());
  }

  /**
   * Closes consumers, those first that hold nothing: their fetches would take what the others give
   * back, and so use up a delivery.
   */
  private void close(List<QueueConsumer> leaving, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    consumers.removeAll(leaving);
    List<QueueConsumer> idleFirst = new ArrayList<>(leaving);
    idleFirst.sort(Comparator.comparing(consumer -> !consumer.held().isEmpty()));
    for (QueueConsumer consumer : idleFirst) {
      try {
        consumer.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      } catch (RuntimeException e) {
        log.warn("a share consumer cannot be closed: {}", e.toString());
      }
    }
  }

  private void abandonAll() {
    counters.abandoned(inFlight.size());
    inFlight.forEach(QueueEntry::drop);
    inFlight.clear();
    bytes = 0;
  }

  private Producer<byte[], byte[]> requireProducer() {
    if (producer == null) {
      throw new IllegalStateException("the loop does not run");
    }
    return producer;
  }

  private void report() {
    progress = counters.progress(clock.instant(), isFull(), inFlight.size(), bytes);
    listener.progressed(progress);
  }

  @Override
  public void stop() {
    stopping = true;
    news.release();
  }

  @Override
  public void hurry() {
    hurrying = true;
    news.release();
  }

  @Override
  public DeliveryProgress progress() {
    return progress;
  }
}
