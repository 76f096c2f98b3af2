package dev.heliograph.benchmark.worker;

import dev.heliograph.app.config.Settings;
import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.Topics;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A broker and a store that keeps files, in this process, and the settings of a worker that uses
 * them. All other settings are the defaults.
 */
final class Surroundings implements AutoCloseable {
  static final String BUCKET = "artifacts";
  private static final int PARTITIONS = 2;

  private final EmbeddedBroker broker = EmbeddedBroker.start();
  private final EmbeddedObjectStore store;
  private final S3Config s3;
  private final Map<String, String> model;

  /**
   * @param files where objects are kept
   * @param galleries a folder of them
   */
  Surroundings(Path inputs, Path galleries, Path files) {
    store = EmbeddedObjectStore.inFolder(files);
    s3 = store.config(BUCKET);
    model =
        Map.of(
            "model.path", inputs.resolve("model").toString(),
            "model.phi", inputs.resolve("phi.pt").toString(),
            "galleries.path", galleries.toString());
    try (S3Connection connection = S3Connection.open(s3)) {
      connection.createBucketIfAbsent(BUCKET);
    }
    Topics topics = Topics.DEFAULT;
    broker.createTopics(
        PARTITIONS,
        topics.queries(),
        topics.completions(),
        topics.deadLetters(),
        topics.attestations(),
        "cir.cancel.v1");
  }

  /** For a worker that listens at a port of its own. */
  Map<String, String> settings(List<String> further) throws IOException {
    Map<String, String> settings = new HashMap<>(model);
    settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("store.endpoint", s3.endpoint().toString());
    settings.put("store.region", s3.region());
    settings.put("store.bucket", s3.bucket());
    settings.put("store.access-key", s3.accessKey());
    settings.put("references.buckets", BUCKET + "/references");
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", Integer.toString(freePort()));
    for (String setting : further) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return settings;
  }

  String secretKey() {
    return s3.secretKey();
  }

  MessagingConfig messaging() {
    Map<String, String> settings =
        Map.of("kafka.bootstrap-servers", broker.bootstrapServers(), "worker.name", "benchmark");
    return WorkerConfig.messaging(Settings.of(Optional.empty(), Map.of(), settings));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    store.close();
    broker.close();
  }
}
