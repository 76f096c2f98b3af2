package dev.heliograph.app.command;

import dev.heliograph.app.Home;
import dev.heliograph.app.Version;
import dev.heliograph.app.audit.SealerConfig;
import dev.heliograph.app.audit.SealerService;
import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.app.worker.Worker;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.Topics;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A broker, an object store and a worker, all in this process, talking to each other as they would
 * in production: over Kafka's and S3's protocols, with the production clients and settings.
 */
final class DemoSession implements AutoCloseable {
  static final String GALLERY = "demo-world";
  static final String BUCKET = "artifacts";
  private static final String STATUS_TOPIC = "cir.status.v1";
  static final String LOG_BUCKET = "audit-log";
  static final String MODEL_NAME = "demo-world";
  private static final int PARTITIONS = 2;
  private static final int LOOK_AFTER_MILLIS = 500;

  private final EmbeddedBroker broker;
  private final EmbeddedObjectStore store;
  private final Settings settings;
  private Worker worker;
  private SealerService sealer;
  private boolean closed;

  private DemoSession(EmbeddedBroker broker, EmbeddedObjectStore store, Settings settings) {
    this.broker = broker;
    this.store = store;
    this.settings = settings;
  }

  /** Starts broker and store; the worker comes with {@link #startWorker}. */
  static DemoSession start(Path folder, Optional<String> schemaRegistry) throws IOException {
    DemoKeys keys = DemoKeys.in(folder);
    EmbeddedBroker broker = EmbeddedBroker.start();
    broker.createTopics(
        PARTITIONS,
        Topics.DEFAULT.queries(),
        Topics.DEFAULT.completions(),
        Topics.DEFAULT.deadLetters(),
        Topics.DEFAULT.attestations(),
        Setting.KAFKA_CANCEL_TOPIC.defaultValue());
    broker.createCompactedTopics(PARTITIONS, STATUS_TOPIC);
    EmbeddedObjectStore store = EmbeddedObjectStore.inFolder(folder.resolve("objects"));
    S3Config s3 = store.config(BUCKET);
    try (S3Connection connection = S3Connection.open(s3)) {
      connection.createBucketIfAbsent(BUCKET);
      connection.createBucketIfAbsent(LOG_BUCKET);
    }
    Map<String, String> flags = new HashMap<>();
    flags.put("kafka.bootstrap-servers", broker.bootstrapServers());
    flags.put("kafka.status-topic", STATUS_TOPIC);
    flags.put("store.endpoint", s3.endpoint().toString());
    flags.put("store.region", s3.region());
    flags.put("store.bucket", BUCKET);
    flags.put("store.access-key", s3.accessKey());
    flags.put("store.secret-key", s3.secretKey());
    flags.put("references.buckets", BUCKET);
    flags.put("model.path", Home.demoModel().toString());
    flags.put("model.name", MODEL_NAME);
    flags.put("model.eval-type", "phi");
    flags.put("galleries.path", folder.resolve("galleries").toString());
    schemaRegistry.ifPresent(url -> flags.put("kafka.schema-registry", url));
    flags.put("worker.name", "demo");
    flags.put("audit.keys", keys.records().toString());
    flags.put("audit.trusted-keys", keys.publicKey().toString());
    flags.put("audit.log", LOG_BUCKET);
    flags.put("audit.log-name", keys.logName());
    flags.put("audit.log-key-file", keys.log().toString());
    flags.put("audit.log-verifiers", keys.verifierKey());
    flags.put("sealer.interval", "PT0.2S");
    flags.put("http.host", "127.0.0.1");
    flags.put("http.port", "0");
    return new DemoSession(broker, store, Settings.of(Optional.empty(), Map.of(), flags));
  }

  /** Encodes the pictures of a folder as the demo's gallery. */
  static void buildGallery(Path pictures, Path galleries) throws InterruptedException {
    try (GalleryBuilding building =
        GalleryBuilding.open(
            ClipModelConfig.builder(Home.demoModel()).name(MODEL_NAME).build(),
            PreprocessType.TARGETPAD,
            "heliograph " + Version.current())) {
      building.build(
          galleries, GALLERY, LocalImageFolder.open(pictures), true, (done, total, skipped) -> {});
    }
  }

  void startWorker() throws IOException {
    sealer = SealerService.start(SealerConfig.of(settings));
    worker = Worker.start(WorkerConfig.of(settings));
  }

  Settings settings() {
    return settings;
  }

  /** Pixels per side of the model's input. */
  int modelSide() {
    return worker.model().side();
  }

  MessagingConfig messaging() {
    return WorkerConfig.messaging(settings);
  }

  SchemaIdResolver schemaIds() {
    return WorkerConfig.schemaIds(settings);
  }

  /** What another client needs to join in. */
  String addresses() {
    S3Config s3 = store.config(BUCKET);
    return String.join(
        "\n",
        "export HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS=" + broker.bootstrapServers(),
        "export HELIOGRAPH_STORE_ENDPOINT=" + s3.endpoint(),
        "export HELIOGRAPH_STORE_BUCKET=" + BUCKET,
        "export HELIOGRAPH_STORE_ACCESS_KEY=" + s3.accessKey(),
        "export HELIOGRAPH_STORE_SECRET_KEY=" + s3.secretKey(),
        "# health: http://127.0.0.1:" + worker.healthPort() + "/readyz");
  }

  /** Returns when the worker has ended, which it does only if it fails or is closed. */
  void awaitWorkerEnd() throws InterruptedException {
    while (worker.isRunning()) {
      Thread.sleep(LOOK_AFTER_MILLIS);
    }
  }

  /** Once is enough, and twice is harmless. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (worker != null) {
      worker.close();
    }
    if (sealer != null) {
      sealer.close();
    }
    store.close();
    broker.close();
  }
}
