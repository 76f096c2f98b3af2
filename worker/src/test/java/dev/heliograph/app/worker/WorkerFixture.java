package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.app.config.Settings;
import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.demo.world.PictureSize;
import dev.heliograph.demo.world.PythonRandom;
import dev.heliograph.demo.world.ScenePainter;
import dev.heliograph.demo.world.SceneSampler;
import dev.heliograph.engine.GalleryBuilding;
import dev.heliograph.events.Artifact;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.Saliency;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.gallery.GalleryStorage;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.messaging.QueryPublisher;
import dev.heliograph.messaging.Topics;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import dev.heliograph.store.S3ObjectStore;
import dev.heliograph.testing.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything around a worker, real: a broker, an S3 store, galleries of drawn scenes, settings. */
final class WorkerFixture implements AutoCloseable {
  static final String STATUS_TOPIC = "cir.status.v1";
  static final String BUCKET = "artifacts";
  static final String GALLERY = "scenes";
  static final int GALLERY_SIZE = 25;
  static final int MAX_REFERENCE_BYTES = 1 << 20;
  static final Path MODEL = Path.of("../demo-world/model").toAbsolutePath().normalize();
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int PARTITIONS = 2;

  private final Path folder;
  private final AutoCloseable broker;
  private final String bootstrapServers;
  private final EmbeddedObjectStore store;
  private final S3Connection connection;

  private WorkerFixture(
      Path folder, AutoCloseable broker, String bootstrapServers, EmbeddedObjectStore store) {
    this.folder = folder;
    this.broker = broker;
    this.bootstrapServers = bootstrapServers;
    this.store = store;
    this.connection = S3Connection.open(store.config(BUCKET));
  }

  /** Starts broker and store, and builds the gallery below the folder. */
  static WorkerFixture start(Path folder) throws IOException, InterruptedException {
    return start(folder, EmbeddedObjectStore.inMemory());
  }

  /** The same with a store that the fixture closes. */
  static WorkerFixture start(Path folder, EmbeddedObjectStore store)
      throws IOException, InterruptedException {
    TestBroker broker = TestBroker.start();
    return start(folder, broker, broker.bootstrapServers(), store);
  }

  /**
   * The same around a broker that runs already.
   *
   * @param broker closed with this
   */
  static WorkerFixture start(Path folder, AutoCloseable broker, String bootstrapServers)
      throws IOException, InterruptedException {
    return start(folder, broker, bootstrapServers, EmbeddedObjectStore.inMemory());
  }

  private static WorkerFixture start(
      Path folder, AutoCloseable broker, String bootstrapServers, EmbeddedObjectStore store)
      throws IOException, InterruptedException {
    WorkerFixture fixture = new WorkerFixture(folder, broker, bootstrapServers, store);
    fixture.connection.createBucketIfAbsent(BUCKET);
    fixture.createTopics(Topics.DEFAULT);
    EmbeddedBroker.createTopics(bootstrapServers, PARTITIONS, Map.of(), "cir.cancel.v1");
    EmbeddedBroker.createTopics(
        bootstrapServers, PARTITIONS, Map.of("cleanup.policy", "compact"), STATUS_TOPIC);
    fixture.buildGallery(GALLERY, MODEL, GALLERY_SIZE);
    return fixture;
  }

  void createTopics(Topics topics) {
    EmbeddedBroker.createTopics(
        bootstrapServers,
        PARTITIONS,
        Map.of(),
        topics.queries(),
        topics.completions(),
        topics.deadLetters(),
        topics.attestations());
  }

  /** The settings of a worker of this broker and store, as flags. */
  Map<String, String> flags() {
    return flags(s3());
  }

  S3Config s3() {
    return store.config(BUCKET);
  }

  Map<String, String> flags(S3Config s3) {
    Map<String, String> flags = new HashMap<>();
    flags.put("kafka.bootstrap-servers", bootstrapServers);
    flags.put("store.endpoint", s3.endpoint().toString());
    flags.put("store.region", s3.region());
    flags.put("store.bucket", s3.bucket());
    flags.put("store.access-key", s3.accessKey());
    flags.put("store.secret-key", s3.secretKey());
    flags.put("references.buckets", BUCKET + "/references");
    flags.put("references.max-bytes", Integer.toString(MAX_REFERENCE_BYTES));
    flags.put("model.path", MODEL.toString());
    flags.put("model.name", "demo-world");
    flags.put("model.eval-type", "phi");
    flags.put("device", "cpu");
    flags.put("galleries.path", folder.resolve("galleries").toString());
    flags.put("worker.name", "worker-1");
    flags.put("http.host", "127.0.0.1");
    flags.put("http.port", "0");
    return flags;
  }

  static Worker startWorker(Map<String, String> flags) throws IOException {
    return Worker.start(WorkerConfig.of(Settings.of(Optional.empty(), Map.of(), flags)));
  }

  MessagingConfig messaging() {
    return WorkerConfig.messaging(Settings.of(Optional.empty(), Map.of(), flags()));
  }

  void createBucket(String bucket) {
    connection.createBucketIfAbsent(bucket);
  }

  /** Draws scenes into {@link #pictures} and encodes them. */
  void buildGallery(String name, Path model, int size) throws IOException, InterruptedException {
    buildGallery(name, model, size, GalleryStorage.DEFAULT);
  }

  void buildGallery(String name, Path model, int size, GalleryStorage storage)
      throws IOException, InterruptedException {
    Path pictures = Files.createDirectories(pictures(name));
    for (int i = 0; i < size; i++) {
      Files.write(pictures.resolve("scene-%02d.jpg".formatted(i)), picture(i));
    }
    try (GalleryBuilding building =
        GalleryBuilding.open(
            ClipModelConfig.builder(model).device(DeviceChoice.CPU).build(),
            PreprocessType.TARGETPAD,
            "test")) {
      building.build(
          folder.resolve("galleries"),
          name,
          LocalImageFolder.open(pictures),
          storage,
          true,
          (done, total, skipped) -> {});
    }
  }

  /** Where the images of a gallery are. */
  Path pictures(String gallery) {
    return folder.resolve("images").resolve(gallery);
  }

  /** A drawn scene as JPEG; the seed decides what is on it. */
  static byte[] picture(int seed) {
    SceneSampler sampler = new SceneSampler(new PythonRandom(seed));
    return Jpeg.encode(
        ScenePainter.draw(sampler.scene(), PictureSize.unpadded(seed)).image(), 0.9f);
  }

  /** A query that has all it needs. */
  static QueryBuilder query(String queryId) {
    return Query.builder(queryId)
        .gallery(GALLERY)
        .reference(picture(100), Jpeg.MEDIA_TYPE)
        .captions("is red instead of blue")
        .topK(5);
  }

  /** Stores a reference image; references to it are allowed. */
  URI putReference(String name, byte[] bytes) {
    String key = "references/" + name;
    try (S3ObjectStore objects = new S3ObjectStore(connection)) {
      return objects.put(key, new EncodedObject(bytes, "application/octet-stream")).uri();
    }
  }

  QueryCompletion ask(Query query) {
    return Objects.requireNonNull(
        ask(List.of(QueryEvents.toEvent(query))).get(query.queryId()), "no completion");
  }

  /** Publishes all at once and waits for the completions, by query id. */
  Map<String, QueryCompletion> ask(List<QueryRequested> events) {
    try (CompletionReader reader = new CompletionReader(messaging(), SchemaIdResolver.none())) {
      publish(events);
      return reader.await(
          events.stream().map(QueryRequested::getQueryId).collect(Collectors.toSet()), PATIENCE);
    }
  }

  void publish(List<QueryRequested> events) {
    try (QueryPublisher publisher = new QueryPublisher(messaging(), SchemaIdResolver.none())) {
      events.stream()
          .map(event -> publisher.publish(event, Optional.empty()))
          .toList()
          .forEach(future -> future.join());
    }
  }

  /** What read-committed readers find in the topic of completions. */
  List<QueryCompletion> committed() {
    try (CompletionLog completions = new CompletionLog(messaging())) {
      completions.readToEnd();
      return completions.all();
    }
  }

  static HttpResponse<byte[]> get(URI uri) throws IOException, InterruptedException {
    return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
  }

  /** Fetches a file over the URL that the event gives, and checks what the event says of it. */
  static byte[] fetch(Artifact artifact) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(URI.create(artifact.getUrl()));
    assertEquals(200, response.statusCode(), artifact.getUri());
    assertEquals(artifact.getBytes(), response.body().length, artifact.getUri());
    assertEquals(artifact.getSha256(), sha256(response.body()), artifact.getUri());
    assertEquals(artifact.getMediaType(), response.headers().firstValue("Content-Type").orElse(""));
    return response.body();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Every file that a completion names. */
  static List<Artifact> artifacts(QueryCompletion completion) {
    Stream<Artifact> drawn =
        saliencies(completion).stream()
            .flatMap(saliency -> Stream.of(saliency.getHeatmap(), saliency.getArray()));
    return Stream.concat(drawn, Stream.of(completion.getResultDocument()))
        .filter(Objects::nonNull)
        .toList();
  }

  /** The reference's map, then the candidates', where there are any. */
  static List<Saliency> saliencies(QueryCompletion completion) {
    return Stream.concat(
            Stream.of(completion.getReferenceSaliency()),
            completion.getResults().stream().map(result -> result.getSaliency()))
        .filter(Objects::nonNull)
        .toList();
  }

  @Override
  public void close() {
    connection.close();
    store.close();
    try {
      broker.close();
    } catch (Exception e) {
      throw new IllegalStateException("the broker cannot be closed", e);
    }
  }
}
