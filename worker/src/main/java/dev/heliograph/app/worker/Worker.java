package dev.heliograph.app.worker;

import dev.heliograph.app.health.HealthServer;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.Delivery;
import dev.heliograph.messaging.DeliveryProgress;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3ImageSource;
import dev.heliograph.store.S3ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: takes queries from Kafka, answers them, stores what explains the answers, and
 * publishes the completions. Runs from {@link #start} until it is closed.
 */
public final class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /**
   * A loop that has not come by for so long is stuck. A turn takes milliseconds, or some minutes of
   * time-outs while the broker is down.
   */
  private static final Duration STUCK = Duration.ofMinutes(4);

  private final S3Connection store;
  private final Heliograph engine;
  private final WorkerMetrics metrics;
  private final Delivery delivery;
  private final HealthServer health;
  private final Clock clock;
  private boolean closed;

  private Worker(
      S3Connection store,
      Heliograph engine,
      WorkerMetrics metrics,
      Delivery delivery,
      WorkerConfig config,
      Clock clock)
      throws IOException {
    this.store = store;
    this.engine = engine;
    this.metrics = metrics;
    this.delivery = delivery;
    this.clock = clock;
    this.health =
        new HealthServer(
            config.httpHost(),
            config.httpPort(),
            this::lifeProblems,
            this::readinessProblems,
            metrics::scrape);
  }

  /**
   * Loads the model, connects and begins to consume.
   *
   * @throws IOException if the health port is taken
   */
  public static Worker start(WorkerConfig config) throws IOException {
    Clock clock = Clock.systemUTC();
    try (Opened opened = new Opened()) {
      S3Connection store = opened.add(S3Connection.open(config.store()));
      store.probe(); // wrong keys must not turn a topic into failures
      Heliograph engine = opened.add(engine(config, store).open());
      AtomicReference<DeliveryProgress> progress = new AtomicReference<>();
      WorkerMetrics metrics = opened.add(new WorkerMetrics(progress::get));
      Delivery delivery =
          opened.add(
              Delivery.start(
                  config.delivery(),
                  config.messaging(),
                  SchemaIdResolver.none(),
                  query -> answer(engine, metrics, query),
                  progress::set,
                  clock));
      progress.compareAndSet(null, delivery.progress());
      Worker worker = new Worker(store, engine, metrics, delivery, config, clock);
      opened.keep();
      log.info(
          "Worker {} consumes {} at {} ({}), health at port {}",
          config.identity().name(),
          config.messaging().topics().queries(),
          config.messaging().bootstrapServers(),
          config.delivery(),
          worker.healthPort());
      return worker;
    }
  }

  private static HeliographBuilder engine(WorkerConfig config, S3Connection store) {
    HeliographBuilder builder =
        Heliograph.builder(config.model(), config.phi())
            .evalType(config.evalType())
            .preprocess(config.preprocess())
            .device(config.device())
            .galleries(config.galleries())
            .store(new S3ObjectStore(store))
            .references(new S3ImageSource(store, config.referenceBuckets()))
            .candidates(store)
            .pipeline(config.pipeline())
            .worker(config.identity());
    config.modelName().ifPresent(builder::modelName);
    config.threads().ifPresent(builder::threads);
    return builder;
  }

  private static CompletionStage<QueryOutcome> answer(
      Heliograph engine, WorkerMetrics metrics, Query query) {
    return engine
        .submit(query)
        .thenApply(
            outcome -> {
              metrics.record(outcome);
              return outcome;
            });
  }

  /** The model that answers. */
  public ModelDescription model() {
    return engine.description();
  }

  public int healthPort() {
    return health.port();
  }

  /** False once the worker has stopped, by {@link #close} or by a failure. */
  public boolean isRunning() {
    return delivery.isRunning();
  }

  /** Why the worker stopped, if nobody stopped it. */
  public Optional<Throwable> failure() {
    return delivery.failure();
  }

  private List<String> lifeProblems() {
    List<String> problems = new ArrayList<>();
    if (!delivery.isRunning()) {
      problems.add("delivery has ended" + failure().map(e -> ": " + e).orElse(""));
    }
    if (!engine.isAlive()) {
      problems.add("the device thread has ended");
    }
    Instant lastPoll = delivery.progress().lastPoll();
    if (lastPoll.plus(STUCK).isBefore(clock.instant())) {
      problems.add("the delivery loop has not come by since " + lastPoll);
    }
    return problems;
  }

  private List<String> readinessProblems() {
    List<String> problems = lifeProblems();
    try {
      store.probe();
    } catch (RuntimeException e) {
      problems.add("object store: " + e.getMessage());
    }
    return problems;
  }

  /** Takes up nothing new, finishes what is in flight within the shutdown limit, publishes it. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    delivery.stop();
    health.close();
    engine.close();
    metrics.close();
    store.close();
  }

  /** Closes what was opened, last first, unless all of it is kept. */
  private static final class Opened implements AutoCloseable {
    private final List<AutoCloseable> resources = new ArrayList<>();

    <T extends AutoCloseable> T add(T resource) {
      resources.add(0, resource);
      return resource;
    }

    void keep() {
      resources.clear();
    }

    @Override
    public void close() {
      for (AutoCloseable resource : resources) {
        try {
          resource.close();
        } catch (Exception e) {
          log.warn("{} cannot be closed", resource, e);
        }
      }
    }
  }
}
