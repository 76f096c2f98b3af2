package dev.heliograph.messaging;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryOutcome;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
 */
final class QueueLoop implements DeliveryLoop, QueueConsumer.Listener {
  private static final Logger log = LoggerFactory.getLogger(QueueLoop.class);

  /** How long a record that the broker has sent may lie unnoticed. */
  private static final Duration TURN = Duration.ofMillis(10);

  /** Between looks for a broker that does not answer. */
  private static final Duration PREPARE_PAUSE = Duration.ofSeconds(1);

  /** For the acknowledgements of what is left at the end. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final MessagingConfig config;
  private final KafkaClients clients;
  private final RecordAnswerer answerer;
  private final DeliveryListener listener;
  private final Clock clock;

  private final QueueConsumers consumers;
  private final QueuePublisher publisher;
  private final Set<QueueEntry> inFlight = new LinkedHashSet<>();
  private final DeliveryCounters counters = new DeliveryCounters();
  private final Backoff answerBackoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
  private final Semaphore news = new Semaphore(0);

  private int lastDelivery;
  private long bytes;
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
    this.consumers = new QueueConsumers(config);
    this.publisher =
        new QueuePublisher(clients.queueProducer(), answerer, counters, () -> news.release());
  }

  @Override
  public void run() throws InterruptedException {
    try (publisher) {
      prepare();
      while (!stopping) {
        turn();
      }
      drain();
    } finally {
      try {
        consumers.close();
      } finally {
        abandonAll();
        report();
      }
    }
  }

  /** Nothing is taken up before it is known how often it can be delivered. */
  private void prepare() throws InterruptedException {
    OptionalInt permitted = ShareGroup.prepare(config, clients);
    while (permitted.isEmpty() && !stopping) {
      report();
      if (!news.tryAcquire(PREPARE_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        permitted = ShareGroup.prepare(config, clients);
      }
    }
    if (!stopping) {
      lastDelivery = permitted.orElseThrow();
      consumers.open(clients, this);
    }
  }

  /** One turn: take up new queries, publish finished ones, acknowledge published ones. */
  private void turn() throws InterruptedException {
    if (!stopping) {
      consumers.take(() -> !isFull(), this::receive);
    }
    for (QueueEntry entry : List.copyOf(inFlight)) {
      advance(entry);
    }
    consumers.acknowledge();
    report();
    if (answererError != null) {
      throw new IllegalStateException("the answerer's thread ended in an error", answererError);
    }
    awaitNews();
  }

  private boolean isFull() {
    return stopping
        || bytes >= config.maxInFlightBytes()
        || inFlight.size() >= consumers.capacity();
  }

  /** Until a query is finished or published, or new records may be there. */
  private void awaitNews() throws InterruptedException {
    if (news.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
  }

  private void receive(QueueEntry entry) {
    counters.received();
    if (publisher.hasPublished(entry.address())) {
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
    entry.ended().ifPresent(attempt -> ended(entry, attempt));
  }

  private void ended(QueueEntry entry, PublishAttempt attempt) {
    if (publisher.ended(entry, attempt)) {
      entry.accept();
      remove(entry);
    }
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
      // Behind the others: those that need nothing of the registry must not wait for it.
      inFlight.remove(entry);
      inFlight.add(entry);
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
    } else {
      publisher.publishUnlessWaiting(entry);
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

  @Override
  public void accepted(QueueEntry entry) {
    publisher.forget(entry.address());
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
   * After {@link #stop}: nothing new is taken up, what is in flight gets its time to finish; then
   * what is finished is published, and the rest is released.
   */
  private void drain() throws InterruptedException {
    consumers.closeIdle();
    long deadline = System.nanoTime() + config.shutdownTimeout().toNanos();
    while (!inFlight.isEmpty() && !hurrying && System.nanoTime() - deadline < 0) {
      turn();
    }
    if (!inFlight.isEmpty()) {
      log.warn("{} queries are released: there was no more time", inFlight.size());
    }
    for (QueueEntry entry : List.copyOf(inFlight)) {
      entry.finished().ifPresent(publication -> finished(entry, publication));
      if (inFlight.contains(entry) && !entry.isPublishing()) {
        counters.released();
        entry.release();
        remove(entry);
        entry.drop();
      }
    }
    long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    while (consumers.isHolding() && System.nanoTime() - end < 0) {
      turn();
    }
  }

  private void abandonAll() {
    counters.abandoned(inFlight.size());
    inFlight.forEach(QueueEntry::drop);
    inFlight.clear();
    bytes = 0;
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
