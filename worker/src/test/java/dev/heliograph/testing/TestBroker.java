package dev.heliograph.testing;

import dev.heliograph.app.embedded.EmbeddedBroker;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** The broker of a test: in this process, or in a container where the build asks for that. */
public final class TestBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TestBroker.class);

  private final AutoCloseable server;
  private final String bootstrapServers;

  private TestBroker(AutoCloseable server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts one and says which; it is ready when this returns. */
  public static TestBroker start() {
    return start(Map.of());
  }

  /** The same with a broker whose configuration differs in these properties. */
  public static TestBroker start(Map<String, String> overrides) {
    if (DockerEngine.chosen()) {
      DockerEngine.require();
      return inContainer(overrides);
    }
    EmbeddedBroker broker = EmbeddedBroker.start(overrides);
    log.info("Broker of the tests: in this process");
    return new TestBroker(broker, broker.bootstrapServers());
  }

  private static TestBroker inContainer(Map<String, String> overrides) {
    DockerImageName image = DockerEngine.image("HELIOGRAPH_TEST_KAFKA_IMAGE", "apache/kafka:4.4.0");
    KafkaContainer container = new KafkaContainer(image);
    // What a lone broker has no others for, and what would make tests wait: as the embedded one.
    Map.of(
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false",
            "KAFKA_MESSAGE_MAX_BYTES", "16777216",
            "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1",
            "KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1",
            "KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "500",
            "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS", "1",
            "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1",
            "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1",
            "KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "500",
            "KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "500")
        .forEach(container::withEnv);
    overrides.forEach(
        (key, value) ->
            container.withEnv("KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
    container.start();
    log.info("Broker of the tests: container of {}", image);
    return new TestBroker(container, container.getBootstrapServers());
  }

  /** host:port, for clients. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Creates topics; they are ready when this returns. */
  public void createTopics(int partitions, String... names) {
    createTopics(partitions, Map.of(), names);
  }

  /** The same for topics of which the last record of each key counts. */
  public void createCompactedTopics(int partitions, String... names) {
    createTopics(partitions, Map.of("cleanup.policy", "compact"), names);
  }

  private void createTopics(int partitions, Map<String, String> configs, String... names) {
    EmbeddedBroker.createTopics(bootstrapServers, partitions, configs, names);
  }

  /** Stops the broker and forgets its data. Close its clients first, or they wait for it. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException("the broker does not stop: " + e, e);
    }
  }
}
