package dev.heliograph.app.worker;

import dev.heliograph.app.Version;
import dev.heliograph.app.health.HealthServer;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.Backlog;
import dev.heliograph.messaging.BrokerProbe;
import dev.heliograph.messaging.CancellationReader;
import dev.heliograph.messaging.Delivery;
import dev.heliograph.messaging.DeliveryProgress;
import dev.heliograph.messaging.OutcomeRecorder;
import dev.heliograph.messaging.SchemaRegistry;
import dev.heliograph.messaging.StatusPublisher;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3ImageSource;
import dev.heliograph.store.S3ObjectStore;
import dev.heliograph.store.S3RecordStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: takes queries from Kafka, answers them, stores what explains the answers, and
 * publishes the completions. Runs from {@link #start} until it is closed.
 */
public final class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** How long a starting worker waits for cancellations that came before it. */
  private static final Duration CANCELLATIONS = Duration.ofSeconds(10);

  private final Heliograph engine;
  private final Delivery delivery;
  private final HealthServer health;
  private final Opened opened;

  private Worker(Heliograph engine, Delivery delivery, HealthServer health, Opened opened) {
    this.engine = engine;
    this.delivery = delivery;
    this.health = health;
    this.opened = opened;
  }

  /**
   * Binds the health port, loads and warms the model, connects and begins to consume. From the
   * first moment the worker is live, and only at the end it is ready.
   *
   * @throws IOException if the health port is taken
   */
  public static Worker start(WorkerConfig config) throws IOException {
    return start(config, Tracing.fromEnvironment());
  }

  /**
   * The same, with traces that go where the caller wants.
   *
   * @param tracing closed with the worker
   */
  static Worker start(WorkerConfig config, Tracing tracing) throws IOException {
    Opened opened = new Opened();
    opened.add(tracing);
    try {
      return start(config, tracing, opened, Clock.systemUTC());
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private static Worker start(WorkerConfig config, Tracing tracing, Opened opened, Clock clock)
      throws IOException {
    AtomicReference<DeliveryProgress> progress =
        new AtomicReference<>(DeliveryProgress.none(clock.instant()));
    WorkerMetrics metrics = opened.add(new WorkerMetrics(progress::get));
    WorkerObserver observer =
        new WorkerObserver(metrics, tracing, config.messaging().group(), clock);
    WorkerHealth state = new WorkerHealth(clock);
    HealthServer health =
        opened.add(
            new HealthServer(
                config.httpHost(),
                config.httpPort(),
                state::lifeProblems,
                state::readinessProblems,
                metrics::scrape));

    HeliographBuilder builder = config.engine().builder().prepare(); // while others are asked
    S3Connection store = opened.add(S3Connection.open(config.store()));
    store.probe(); // wrong keys must not turn a topic into failures
    if (config.audit().writeOnce().isWanted()) {
      store.requireObjectLock(config.store().bucket());
    }
    state.dependsOn("object store", store::probe);
    BrokerProbe broker = opened.add(new BrokerProbe(config.messaging(), config.audit().isOn()));
    state.dependsOn("Kafka", broker::probe);

    Heliograph engine = opened.add(engine(config, builder, store).observer(observer).open());
    engine.warmUp();
    measure(config, metrics, engine, opened);
    SchemaIdResolver schemas = SchemaRegistry.of(config.schemaRegistry());
    Optional<StatusPublisher> statuses =
        config
            .control()
            .statusTopic()
            .map(
                topic ->
                    opened.add(new StatusPublisher(config.messaging(), topic, schemas, clock)));
    statuses.ifPresent(metrics::bind);
    config
        .control()
        .cancelTopic()
        .ifPresent(topic -> readCancellations(config, topic, schemas, engine, opened, clock));

    Delivery delivery =
        opened.add(
            Delivery.start(
                config.delivery(),
                config.messaging(),
                schemas,
                new EngineAnswerer(engine, observer, statuses),
                recorder(config, engine, store),
                progress::set,
                clock));
    state.running(delivery, engine::isAlive, engine::deviceBusySince);
    log.info(
        "Worker {} consumes {} at {} ({}), health at port {}",
        config.engine().identity().name(),
        config.messaging().topics().consumed(),
        config.messaging().bootstrapServers(),
        config.delivery(),
        health.port());
    return new Worker(engine, delivery, health, opened);
  }

  private static void readCancellations(
      WorkerConfig config,
      String topic,
      SchemaIdResolver schemas,
      Heliograph engine,
      Opened opened,
      Clock clock) {
    CancellationReader reader =
        opened.add(
            CancellationReader.start(
                config.messaging(),
                topic,
                config.control().cancelWindow(),
                schemas,
                engine::cancel,
                clock));
    if (!reader.awaitCaughtUp(CANCELLATIONS)) {
      log.warn("Topic {} is not read to its end yet, going on without", topic);
    }
  }

  private static OutcomeRecorder recorder(
      WorkerConfig config, Heliograph engine, S3Connection store) {
    if (!config.audit().isOn()) {
      log.info("No explanation records are kept: audit is off");
      return OutcomeRecorder.NONE;
    }
    return new OutcomeRecords(
        engine,
        Version.revision(),
        config.audit(),
        new S3RecordStore(store, config.audit().writeOnce()));
  }

  private static HeliographBuilder engine(
      WorkerConfig config, HeliographBuilder builder, S3Connection store) {
    return builder
        .store(new S3ObjectStore(store, config.audit().writeOnce()))
        .references(new S3ImageSource(store, config.referenceBuckets()))
        .candidates(store);
  }

  private static void measure(
      WorkerConfig config, WorkerMetrics metrics, Heliograph engine, Opened opened) {
    Backlog.Group kind =
        switch (config.delivery()) {
          case TRANSACTIONAL -> Backlog.Group.CONSUMER;
          case QUEUE -> Backlog.Group.SHARE;
        };
    BacklogGauge backlog = opened.add(BacklogGauge.start(Backlog.open(config.messaging(), kind)));
    metrics.gauge("heliograph.backlog", backlog::value);
    metrics.gauge("heliograph.image.bytes", engine::imageBytes);
    metrics.gauge("heliograph.device.memory.used.bytes", () -> orNaN(engine.deviceUsage().used()));
    metrics.gauge(
        "heliograph.device.memory.limit.bytes", () -> orNaN(engine.deviceUsage().limit()));
  }

  private static double orNaN(OptionalLong bytes) {
    return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
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

  /** Lets a {@link #close} wait no longer for what is in flight: other workers answer it. */
  public void hurry() {
    delivery.hurry();
  }

  /** Takes up nothing new, finishes what is in flight within the shutdown limit, publishes it. */
  @Override
  public void close() {
    opened.close();
  }

  /** Closes what was opened, last first, once: so delivery stops before all that it needs. */
  private static final class Opened implements AutoCloseable {
    private final List<AutoCloseable> resources = new ArrayList<>();

    synchronized <T extends AutoCloseable> T add(T resource) {
      resources.add(0, resource);
      return resource;
    }

    @Override
    public synchronized void close() {
      for (AutoCloseable resource : resources) {
        try {
          resource.close();
        } catch (Exception e) {
          log.warn("{} cannot be closed", resource, e);
        }
      }
      resources.clear();
    }
  }
}
